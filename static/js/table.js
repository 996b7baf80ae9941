// What the page can do beyond its forms. Everything here is comfort: without it every form still works.
import "./choice.js";
import "./drafts.js";
import "./keys.js";
import "./live.js";
import "./opens.js";
import "./pick.js";
import "./toast.js";
import "./upload.js";
