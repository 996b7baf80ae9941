-- [["account", "0001_initial"], ["account", "0002_email_max_length"], ["account", "0003_alter_emailaddress_create_unique_verified_email"], ["account", "0004_alter_emailaddress_drop_unique_email"], ["account", "0005_emailaddress_idx_upper_email"], ["account", "0006_emailaddress_lower"], ["account", "0007_emailaddress_idx_email"], ["account", "0008_emailaddress_unique_primary_email_fixup"], ["account", "0009_emailaddress_unique_primary_email"], ["acts", "0001_initial"], ["acts", "0002_touched"], ["acts", "0003_answered"], ["acts", "0004_stirred"], ["acts", "0005_first"], ["auth", "0001_initial"], ["auth", "0002_alter_permission_name_max_length"], ["auth", "0003_alter_user_email_max_length"], ["auth", "0004_alter_user_username_opts"], ["auth", "0005_alter_user_last_login_null"], ["auth", "0006_require_contenttypes_0002"], ["auth", "0007_alter_validators_add_error_messages"], ["auth", "0008_alter_user_username_max_length"], ["auth", "0009_alter_user_last_name_max_length"], ["auth", "0010_alter_group_name_max_length"], ["auth", "0011_update_proxy_permissions"], ["auth", "0012_alter_user_first_name_max_length"], ["contenttypes", "0001_initial"], ["contenttypes", "0002_remove_content_type_name"], ["exchange", "0001_initial"], ["groups", "0001_initial"], ["groups", "0002_opened_once"], ["groups", "0003_group_news"], ["notices", "0001_initial"], ["notices", "0002_subject"], ["notices", "0003_mail_once"], ["notices", "0004_taken_back"], ["people", "0001_initial"], ["people", "0002_cache_and_log"], ["people", "0003_told_of_roles"], ["procrastinate", "0001_initial"], ["procrastinate", "0002_drop_started_at_column"], ["procrastinate", "0003_drop_started_at_column"], ["procrastinate", "0004_drop_procrastinate_version_table"], ["procrastinate", "0005_fix_procrastinate_fetch_job"], ["procrastinate", "0006_fix_trigger_status_events_insert"], ["procrastinate", "0007_add_queueing_lock_column"], ["procrastinate", "0008_close_fetch_job_race_condition"], ["procrastinate", "0009_add_defer_job_function"], ["procrastinate", "0010_add_procrastinate_periodic_defers"], ["procrastinate", "0011_add_foreign_key_index"], ["procrastinate", "0012_add_locks_to_periodic_defer"], ["procrastinate", "0013_fix_procrastinate_defer_periodic_job"], ["procrastinate", "0014_add_finish_job_and_retry_job_functions"], ["procrastinate", "0015_add_trigger_on_job_deletion"], ["procrastinate", "0016_delete_finished_jobs"], ["procrastinate", "0017_add_checks_to_finish_job"], ["procrastinate", "0018_add_checks_to_retry_job"], ["procrastinate", "0019_fix_finish_job_compat_issue"], ["procrastinate", "0020_add_index_on_procrastinate_jobs"], ["procrastinate", "0021_add_kwargs_to_defer_periodic_job"], ["procrastinate", "0022_null_locks_excluded"], ["procrastinate", "0023_remove_old_finish_job_function"], ["procrastinate", "0024_job_id_bigint"], ["procrastinate", "0025_add_models"], ["procrastinate", "0026_add_job_priority"], ["procrastinate", "0027_add_periodic_job_priority"], ["procrastinate", "0028_add_cancel_states"], ["procrastinate", "0029_add_additional_params_to_retry_job"], ["procrastinate", "0030_alter_procrastinateevent_options"], ["procrastinate", "0031_add_indexes_for_fetch_job"], ["procrastinate", "0032_pre_cancel_notification"], ["procrastinate", "0033_post_cancel_notification"], ["procrastinate", "0034_pre_add_heartbeat"], ["procrastinate", "0035_post_add_heartbeat"], ["procrastinate", "0036_add_worker_model"], ["procrastinate", "0037_pre_batch_defer_jobs"], ["procrastinate", "0038_post_batch_defer_jobs"], ["procrastinate", "0039_pre_priority_lock_fetch_job"], ["procrastinate", "0040_pre_retry_failed_job"], ["procrastinate", "0041_post_retry_failed_job"], ["talk", "0001_initial"], ["talk", "0002_a_reply_outlives_what_it_is_below"], ["thanks", "0001_initial"], ["thanks", "0002_nothing_is_put_away"], ["welcome", "0001_initial"], ["welcome", "0002_asked_to_greet"]]
--;
SELECT "people_person"."handle" AS "handle" FROM "people_person" WHERE "people_person"."handle"::text LIKE 'mira-sand%'
--;
INSERT INTO "people_person" ("password", "handle", "email", "name", "sort_key", "roles", "unit_id", "is_active", "is_placeholder", "is_bot", "arrived_at", "introduction", "helps_with", "phone", "hours", "place", "likes_to_greet", "language", "timezone", "day_starts", "day_ends", "single_keys", "feed_order") VALUES ('!UXfIKLe4sANfVhY-mWaFAodRm4Dl28qg', 'mira-sand', 'p1@example.org', 'Mira Sand', 'mira sand', '{administrator}'::varchar(24)[], NULL, true, false, false, '2026-11-25 05:23:16.019477+00:00'::timestamptz, '', '', '', '', '', false, '', '', NULL, NULL, true, 'open-handed') RETURNING "people_person"."id"
--;
SELECT "account_emailaddress"."id", "account_emailaddress"."user_id", "account_emailaddress"."email", "account_emailaddress"."verified", "account_emailaddress"."primary" FROM "account_emailaddress" WHERE ("account_emailaddress"."user_id" = 1 AND NOT ("account_emailaddress"."email" = 'p1@example.org'))
--;
SELECT "account_emailaddress"."id", "account_emailaddress"."user_id", "account_emailaddress"."email", "account_emailaddress"."verified", "account_emailaddress"."primary" FROM "account_emailaddress" WHERE ("account_emailaddress"."email" = 'p1@example.org' AND "account_emailaddress"."user_id" = 1) LIMIT 21 FOR UPDATE
--;
INSERT INTO "account_emailaddress" ("user_id", "email", "verified", "primary") VALUES (1, 'p1@example.org', true, true) RETURNING "account_emailaddress"."id"
--;
INSERT INTO "people_logged" ("by_id", "right", "on_id", "what", "at", "told_at") VALUES (NULL, 'people.add', 1, 'administrator', '2026-11-25 05:23:16.034954+00:00'::timestamptz, NULL) RETURNING "people_logged"."id"
--;
SELECT "people_person"."handle" AS "handle" FROM "people_person" WHERE "people_person"."handle"::text LIKE 'jonas-feld%'
--;
INSERT INTO "people_person" ("password", "handle", "email", "name", "sort_key", "roles", "unit_id", "is_active", "is_placeholder", "is_bot", "arrived_at", "introduction", "helps_with", "phone", "hours", "place", "likes_to_greet", "language", "timezone", "day_starts", "day_ends", "single_keys", "feed_order") VALUES ('!VHzUdPckRX1FPX4nELSJNctjqgQMZT8u', 'jonas-feld', 'p2@example.org', 'Jonas Feld', 'jonas feld', '{}'::varchar(24)[], NULL, true, false, false, '2026-11-25 05:23:16.039053+00:00'::timestamptz, '', '', '', '', '', false, '', '', NULL, NULL, true, 'open-handed') RETURNING "people_person"."id"
--;
SELECT "account_emailaddress"."id", "account_emailaddress"."user_id", "account_emailaddress"."email", "account_emailaddress"."verified", "account_emailaddress"."primary" FROM "account_emailaddress" WHERE ("account_emailaddress"."user_id" = 2 AND NOT ("account_emailaddress"."email" = 'p2@example.org'))
--;
SELECT "account_emailaddress"."id", "account_emailaddress"."user_id", "account_emailaddress"."email", "account_emailaddress"."verified", "account_emailaddress"."primary" FROM "account_emailaddress" WHERE ("account_emailaddress"."email" = 'p2@example.org' AND "account_emailaddress"."user_id" = 2) LIMIT 21 FOR UPDATE
--;
INSERT INTO "account_emailaddress" ("user_id", "email", "verified", "primary") VALUES (2, 'p2@example.org', true, true) RETURNING "account_emailaddress"."id"
--;
INSERT INTO "people_logged" ("by_id", "right", "on_id", "what", "at", "told_at") VALUES (NULL, 'people.add', 2, '', '2026-11-25 05:23:16.044789+00:00'::timestamptz, NULL) RETURNING "people_logged"."id"
--;
SELECT "people_person"."handle" AS "handle" FROM "people_person" WHERE "people_person"."handle"::text LIKE 'ilse-bach%'
--;
INSERT INTO "people_person" ("password", "handle", "email", "name", "sort_key", "roles", "unit_id", "is_active", "is_placeholder", "is_bot", "arrived_at", "introduction", "helps_with", "phone", "hours", "place", "likes_to_greet", "language", "timezone", "day_starts", "day_ends", "single_keys", "feed_order") VALUES ('!JrhRucE19eRRFMTcF2xm1QSSWcvUmoSO', 'ilse-bach', 'p3@example.org', 'Ilse Bach', 'ilse bach', '{}'::varchar(24)[], NULL, true, false, false, '2026-11-25 05:23:16.046650+00:00'::timestamptz, '', '', '', '', '', false, '', '', NULL, NULL, true, 'open-handed') RETURNING "people_person"."id"
--;
SELECT "account_emailaddress"."id", "account_emailaddress"."user_id", "account_emailaddress"."email", "account_emailaddress"."verified", "account_emailaddress"."primary" FROM "account_emailaddress" WHERE ("account_emailaddress"."user_id" = 3 AND NOT ("account_emailaddress"."email" = 'p3@example.org'))
--;
SELECT "account_emailaddress"."id", "account_emailaddress"."user_id", "account_emailaddress"."email", "account_emailaddress"."verified", "account_emailaddress"."primary" FROM "account_emailaddress" WHERE ("account_emailaddress"."email" = 'p3@example.org' AND "account_emailaddress"."user_id" = 3) LIMIT 21 FOR UPDATE
--;
INSERT INTO "account_emailaddress" ("user_id", "email", "verified", "primary") VALUES (3, 'p3@example.org', true, true) RETURNING "account_emailaddress"."id"
--;
INSERT INTO "people_logged" ("by_id", "right", "on_id", "what", "at", "told_at") VALUES (NULL, 'people.add', 3, '', '2026-11-25 05:23:16.050452+00:00'::timestamptz, NULL) RETURNING "people_logged"."id"
--;
INSERT INTO "groups_group" ("key", "name", "about", "is_closed", "is_listed", "opened_by_id", "opened_at", "archived_at", "once") VALUES ('z7ubnm8akcmu', 'Ersatzteile', '', false, true, 1, '2026-11-25 05:23:16.051588+00:00'::timestamptz, NULL, NULL) RETURNING "groups_group"."id"
--;
SELECT "groups_membership"."id", "groups_membership"."group_id", "groups_membership"."person_id", "groups_membership"."is_host", "groups_membership"."since" FROM "groups_membership" WHERE ("groups_membership"."group_id" = 1 AND "groups_membership"."person_id" = 1) LIMIT 21
--;
INSERT INTO "groups_membership" ("group_id", "person_id", "is_host", "since") VALUES (1, 1, true, '2026-11-25 05:23:16.052646+00:00'::timestamptz) RETURNING "groups_membership"."id"
--;
select pg_notify('potluck', '{"person": 1}')
--;
SELECT "groups_membership"."id", "groups_membership"."group_id", "groups_membership"."person_id", "groups_membership"."is_host", "groups_membership"."since" FROM "groups_membership" WHERE ("groups_membership"."group_id" = 1 AND "groups_membership"."person_id" = 2) LIMIT 21
--;
INSERT INTO "groups_membership" ("group_id", "person_id", "is_host", "since") VALUES (1, 2, false, '2026-11-25 05:23:16.058373+00:00'::timestamptz) RETURNING "groups_membership"."id"
--;
select pg_notify('potluck', '{"person": 2}')
--;
INSERT INTO "acts_act" ("key", "by_id", "kind", "at", "on_id", "group_id", "reach", "in_feed", "title", "words", "html", "language", "edited_at", "answered_at", "is_first", "withdrawn_at", "root_withdrawn", "is_imported", "stirred", "touched_at", "once") VALUES ('azpwfy9348ma', 3, 'posted', '2026-11-25 05:23:16.065249+00:00'::timestamptz, NULL, NULL, 'everyone', true, '', 'Im Pausenraum steht Kuchen.', '<p>Im Pausenraum steht Kuchen.</p>
', 'de', NULL, NULL, false, NULL, false, false, 0, '2026-11-25 05:23:16.065249+00:00'::timestamptz, NULL) RETURNING "acts_act"."id", "acts_act"."is_first", "acts_act"."stirred"
--;
UPDATE "acts_act" SET "is_first" = false WHERE ("acts_act"."by_id" = 3 AND NOT "acts_act"."is_imported" AND "acts_act"."kind" IN ('posted', 'asked') AND "acts_act"."is_first" AND NOT ("acts_act"."id" IN (SELECT U0."id" AS "pk" FROM "acts_act" U0 WHERE (U0."by_id" = 3 AND NOT U0."is_imported" AND U0."kind" IN ('posted', 'asked') AND U0."withdrawn_at" IS NULL) ORDER BY U0."at" ASC, 1 ASC LIMIT 1)))
--;
UPDATE "acts_act" SET "is_first" = true WHERE ("acts_act"."by_id" = 3 AND NOT "acts_act"."is_imported" AND "acts_act"."kind" IN ('posted', 'asked') AND "acts_act"."id" IN (SELECT U0."id" AS "pk" FROM "acts_act" U0 WHERE (U0."by_id" = 3 AND NOT U0."is_imported" AND U0."kind" IN ('posted', 'asked') AND U0."withdrawn_at" IS NULL) ORDER BY U0."at" ASC, 1 ASC LIMIT 1))
--;
select pg_notify('potluck', '{"act": "azpwfy9348ma", "what": "new", "reach": "everyone", "author": 3, "by": 3, "people": [3]}')
--;
SELECT "acts_mention"."id", "acts_mention"."act_id", "acts_mention"."person_id", "people_person"."id", "people_person"."password", "people_person"."handle", "people_person"."email", "people_person"."name", "people_person"."sort_key", "people_person"."roles", "people_person"."unit_id", "people_person"."is_active", "people_person"."is_placeholder", "people_person"."is_bot", "people_person"."arrived_at", "people_person"."introduction", "people_person"."helps_with", "people_person"."phone", "people_person"."hours", "people_person"."place", "people_person"."likes_to_greet", "people_person"."language", "people_person"."timezone", "people_person"."day_starts", "people_person"."day_ends", "people_person"."single_keys", "people_person"."feed_order" FROM "acts_mention" INNER JOIN "people_person" ON ("acts_mention"."person_id" = "people_person"."id") WHERE "acts_mention"."act_id" = 1
--;
INSERT INTO "acts_act" ("key", "by_id", "kind", "at", "on_id", "group_id", "reach", "in_feed", "title", "words", "html", "language", "edited_at", "answered_at", "is_first", "withdrawn_at", "root_withdrawn", "is_imported", "stirred", "touched_at", "once") VALUES ('h09n3u48z3wb', 1, 'asked', '2026-11-25 05:23:16.817887+00:00'::timestamptz, NULL, NULL, 'everyone', true, '', 'Wohin mit den Regenschirmen?', '<p>Wohin mit den Regenschirmen?</p>
', 'de', NULL, NULL, false, NULL, false, false, 0, '2026-11-25 05:23:16.817887+00:00'::timestamptz, NULL) RETURNING "acts_act"."id", "acts_act"."is_first", "acts_act"."stirred"
--;
UPDATE "acts_act" SET "is_first" = false WHERE ("acts_act"."by_id" = 1 AND NOT "acts_act"."is_imported" AND "acts_act"."kind" IN ('posted', 'asked') AND "acts_act"."is_first" AND NOT ("acts_act"."id" IN (SELECT U0."id" AS "pk" FROM "acts_act" U0 WHERE (U0."by_id" = 1 AND NOT U0."is_imported" AND U0."kind" IN ('posted', 'asked') AND U0."withdrawn_at" IS NULL) ORDER BY U0."at" ASC, 1 ASC LIMIT 1)))
--;
UPDATE "acts_act" SET "is_first" = true WHERE ("acts_act"."by_id" = 1 AND NOT "acts_act"."is_imported" AND "acts_act"."kind" IN ('posted', 'asked') AND "acts_act"."id" IN (SELECT U0."id" AS "pk" FROM "acts_act" U0 WHERE (U0."by_id" = 1 AND NOT U0."is_imported" AND U0."kind" IN ('posted', 'asked') AND U0."withdrawn_at" IS NULL) ORDER BY U0."at" ASC, 1 ASC LIMIT 1))
--;
select pg_notify('potluck', '{"act": "h09n3u48z3wb", "what": "new", "reach": "everyone", "author": 1, "by": 1, "people": [1]}')
--;
SELECT "acts_mention"."id", "acts_mention"."act_id", "acts_mention"."person_id", "people_person"."id", "people_person"."password", "people_person"."handle", "people_person"."email", "people_person"."name", "people_person"."sort_key", "people_person"."roles", "people_person"."unit_id", "people_person"."is_active", "people_person"."is_placeholder", "people_person"."is_bot", "people_person"."arrived_at", "people_person"."introduction", "people_person"."helps_with", "people_person"."phone", "people_person"."hours", "people_person"."place", "people_person"."likes_to_greet", "people_person"."language", "people_person"."timezone", "people_person"."day_starts", "people_person"."day_ends", "people_person"."single_keys", "people_person"."feed_order" FROM "acts_mention" INNER JOIN "people_person" ON ("acts_mention"."person_id" = "people_person"."id") WHERE "acts_mention"."act_id" = 2
--;
SELECT "acts_act"."id", "acts_act"."key", "acts_act"."by_id", "acts_act"."kind", "acts_act"."at", "acts_act"."on_id", "acts_act"."group_id", "acts_act"."reach", "acts_act"."in_feed", "acts_act"."title", "acts_act"."words", "acts_act"."html", "acts_act"."language", "acts_act"."edited_at", "acts_act"."answered_at", "acts_act"."is_first", "acts_act"."withdrawn_at", "acts_act"."root_withdrawn", "acts_act"."is_imported", "acts_act"."stirred", "acts_act"."touched_at", "acts_act"."once", "people_person"."id", "people_person"."password", "people_person"."handle", "people_person"."email", "people_person"."name", "people_person"."sort_key", "people_person"."roles", "people_person"."unit_id", "people_person"."is_active", "people_person"."is_placeholder", "people_person"."is_bot", "people_person"."arrived_at", "people_person"."introduction", "people_person"."helps_with", "people_person"."phone", "people_person"."hours", "people_person"."place", "people_person"."likes_to_greet", "people_person"."language", "people_person"."timezone", "people_person"."day_starts", "people_person"."day_ends", "people_person"."single_keys", "people_person"."feed_order", "groups_group"."id", "groups_group"."key", "groups_group"."name", "groups_group"."about", "groups_group"."is_closed", "groups_group"."is_listed", "groups_group"."opened_by_id", "groups_group"."opened_at", "groups_group"."archived_at", "groups_group"."once" FROM "acts_act" INNER JOIN "people_person" ON ("acts_act"."by_id" = "people_person"."id") LEFT OUTER JOIN "groups_group" ON ("acts_act"."group_id" = "groups_group"."id") WHERE "acts_act"."id" = 2 LIMIT 21 FOR NO KEY UPDATE OF "acts_act"
--;
SELECT 1 AS "a" FROM "acts_act" LEFT OUTER JOIN "groups_group" ON ("acts_act"."group_id" = "groups_group"."id") WHERE (("acts_act"."by_id" = 2 OR ("acts_act"."reach" = 'group' AND ("acts_act"."group_id" IN (SELECT U0."group_id" AS "group" FROM "groups_membership" U0 WHERE U0."person_id" = 2) OR NOT "groups_group"."is_closed")) OR ("acts_act"."reach" = 'named' AND EXISTS(SELECT 1 AS "a" FROM "acts_named" U0 WHERE (U0."act_id" = ("acts_act"."id") AND U0."person_id" = 2) LIMIT 1)) OR "acts_act"."reach" = 'everyone') AND NOT "acts_act"."root_withdrawn" AND "acts_act"."withdrawn_at" IS NULL AND "acts_act"."id" = 2) LIMIT 1
--;
INSERT INTO "acts_act" ("key", "by_id", "kind", "at", "on_id", "group_id", "reach", "in_feed", "title", "words", "html", "language", "edited_at", "answered_at", "is_first", "withdrawn_at", "root_withdrawn", "is_imported", "stirred", "touched_at", "once") VALUES ('p4tqjpnk6d6z', 2, 'commented', '2026-11-25 05:23:16.828758+00:00'::timestamptz, 2, NULL, 'everyone', false, '', 'Erst den Filz lösen.', '<p>Erst den Filz lösen.</p>
', 'en', NULL, NULL, false, NULL, false, false, 0, '2026-11-25 05:23:16.828758+00:00'::timestamptz, NULL) RETURNING "acts_act"."id", "acts_act"."is_first", "acts_act"."stirred"
--;
UPDATE "acts_act" SET "stirred" = ("acts_act"."stirred" + 1) WHERE "acts_act"."id" IN (2)
--;
select pg_notify('potluck', '{"act": "p4tqjpnk6d6z", "what": "new", "reach": "everyone", "author": 2, "on": "h09n3u48z3wb", "by": 2, "people": [2]}')
--;
INSERT INTO "talk_comment" ("act_id", "below_id", "answers_id", "helped_at") VALUES (3, NULL, 2, NULL)
--;
UPDATE "acts_act" SET "answered_at" = (SELECT U0."at" AS "at" FROM "acts_act" U0 INNER JOIN "people_person" U1 ON (U0."by_id" = U1."id") WHERE (NOT U1."is_bot" AND NOT U0."in_feed" AND U0."on_id" = 2 AND U0."withdrawn_at" IS NULL AND NOT (U0."by_id" = 1)) ORDER BY 1 ASC, U0."id" ASC LIMIT 1) WHERE "acts_act"."id" = 2
--;
SELECT "notices_preference"."person_id" AS "person" FROM "notices_preference" WHERE ("notices_preference"."mail" = 'off' AND "notices_preference"."person_id" IN (1))
--;
INSERT INTO "notices_notice" ("key", "receiver_id", "kind", "cause", "act_id", "by_id", "subject", "at", "read_at", "taken_back_at", "mail_id", "no_mail") VALUES ('gq8by05k6j56', 1, 'answered', '/acts/h09n3u48z3wb/', 3, 2, '', '2026-11-25 05:23:16.833711+00:00'::timestamptz, NULL, NULL, NULL, false) ON CONFLICT DO NOTHING
--;
select pg_notify('potluck', '{"notices": [1]}')
--;
SELECT  unnest(
  procrastinate_defer_jobs_v1(
     E'{"(mail,notices.mail_to,0,,,\\"{\\"\\"receivers\\"\\": [1]}\\",\\"2026-11-25 05:23:20.835044+00:00\\")"}'::procrastinate_job_to_defer_v1[]
  )
) AS id;
--;
SELECT "acts_mention"."id", "acts_mention"."act_id", "acts_mention"."person_id", "people_person"."id", "people_person"."password", "people_person"."handle", "people_person"."email", "people_person"."name", "people_person"."sort_key", "people_person"."roles", "people_person"."unit_id", "people_person"."is_active", "people_person"."is_placeholder", "people_person"."is_bot", "people_person"."arrived_at", "people_person"."introduction", "people_person"."helps_with", "people_person"."phone", "people_person"."hours", "people_person"."place", "people_person"."likes_to_greet", "people_person"."language", "people_person"."timezone", "people_person"."day_starts", "people_person"."day_ends", "people_person"."single_keys", "people_person"."feed_order" FROM "acts_mention" INNER JOIN "people_person" ON ("acts_mention"."person_id" = "people_person"."id") WHERE "acts_mention"."act_id" = 3
--;
INSERT INTO "acts_act" ("key", "by_id", "kind", "at", "on_id", "group_id", "reach", "in_feed", "title", "words", "html", "language", "edited_at", "answered_at", "is_first", "withdrawn_at", "root_withdrawn", "is_imported", "stirred", "touched_at", "once") VALUES ('8gmgr7mdtw7g', 1, 'thanked', '2026-11-25 05:23:16.839453+00:00'::timestamptz, NULL, NULL, 'named', true, '', 'Danke fürs Einspringen.', '<p>Danke fürs Einspringen.</p>
', 'en', NULL, NULL, false, NULL, false, false, 0, '2026-11-25 05:23:16.839453+00:00'::timestamptz, NULL) RETURNING "acts_act"."id", "acts_act"."is_first", "acts_act"."stirred"
--;
INSERT INTO "acts_named" ("act_id", "person_id", "at") VALUES (4, 2, '2026-11-25 05:23:16.839453+00:00'::timestamptz) RETURNING "acts_named"."id"
--;
select pg_notify('potluck', '{"act": "8gmgr7mdtw7g", "what": "new", "reach": "named", "author": 1, "by": 1, "people": [1, 2]}')
--;
INSERT INTO "thanks_thanks" ("act_id", "what_changed", "what_changed_html", "is_offered", "hung_at") VALUES (4, '', '', true, NULL)
--;
INSERT INTO "thanks_receiver" ("thanks_id", "person_id", "agreed_at", "declined_at") VALUES (4, 2, NULL, NULL) RETURNING "thanks_receiver"."id"
--;
SELECT "notices_preference"."person_id" AS "person" FROM "notices_preference" WHERE ("notices_preference"."mail" = 'off' AND "notices_preference"."person_id" IN (2))
--;
INSERT INTO "notices_notice" ("key", "receiver_id", "kind", "cause", "act_id", "by_id", "subject", "at", "read_at", "taken_back_at", "mail_id", "no_mail") VALUES ('jyxp7je7vva2', 2, 'thanked', '/acts/8gmgr7mdtw7g/', 4, 1, '', '2026-11-25 05:23:16.843163+00:00'::timestamptz, NULL, NULL, NULL, false) ON CONFLICT DO NOTHING
--;
select pg_notify('potluck', '{"notices": [2]}')
--;
SELECT  unnest(
  procrastinate_defer_jobs_v1(
     E'{"(mail,notices.mail_to,0,,,\\"{\\"\\"receivers\\"\\": [2]}\\",\\"2026-11-25 05:23:20.843824+00:00\\")"}'::procrastinate_job_to_defer_v1[]
  )
) AS id;
--;
UPDATE "thanks_receiver" SET "agreed_at" = '2026-11-25 05:23:16.845052+00:00'::timestamptz WHERE ("thanks_receiver"."thanks_id" = 4 AND "thanks_receiver"."agreed_at" IS NULL AND "thanks_receiver"."declined_at" IS NULL AND "thanks_receiver"."person_id" IN (SELECT U0."person_id" AS "person" FROM "thanks_standingyes" U0))
--;
SELECT 1 AS "a" FROM "thanks_receiver" WHERE ("thanks_receiver"."thanks_id" = 4 AND "thanks_receiver"."agreed_at" IS NULL) LIMIT 1
--;
SELECT 1 AS "a" FROM "thanks_receiver" WHERE ("thanks_receiver"."thanks_id" = 4 AND "thanks_receiver"."person_id" = 2) LIMIT 1
--;
SELECT "thanks_thanks"."act_id", "thanks_thanks"."what_changed", "thanks_thanks"."what_changed_html", "thanks_thanks"."is_offered", "thanks_thanks"."hung_at", "acts_act"."id", "acts_act"."key", "acts_act"."by_id", "acts_act"."kind", "acts_act"."at", "acts_act"."on_id", "acts_act"."group_id", "acts_act"."reach", "acts_act"."in_feed", "acts_act"."title", "acts_act"."words", "acts_act"."html", "acts_act"."language", "acts_act"."edited_at", "acts_act"."answered_at", "acts_act"."is_first", "acts_act"."withdrawn_at", "acts_act"."root_withdrawn", "acts_act"."is_imported", "acts_act"."stirred", "acts_act"."touched_at", "acts_act"."once" FROM "thanks_thanks" INNER JOIN "acts_act" ON ("thanks_thanks"."act_id" = "acts_act"."id") WHERE "thanks_thanks"."act_id" = 4 LIMIT 21 FOR UPDATE
--;
UPDATE "thanks_receiver" SET "agreed_at" = '2026-11-25 05:23:16.848654+00:00'::timestamptz, "declined_at" = NULL WHERE ("thanks_receiver"."thanks_id" = 4 AND "thanks_receiver"."agreed_at" IS NULL AND "thanks_receiver"."person_id" = 2)
--;
SELECT 1 AS "a" FROM "thanks_receiver" WHERE ("thanks_receiver"."thanks_id" = 4 AND "thanks_receiver"."agreed_at" IS NULL) LIMIT 1
--;
UPDATE "thanks_thanks" SET "hung_at" = '2026-11-25 05:23:16.849725+00:00'::timestamptz WHERE "thanks_thanks"."act_id" = 4
--;
UPDATE "acts_act" SET "reach" = 'everyone' WHERE "acts_act"."id" = 4
--;
UPDATE "acts_act" SET "touched_at" = '2026-11-25 05:23:16.850843+00:00'::timestamptz WHERE "acts_act"."id" = 4
--;
UPDATE "acts_act" SET "stirred" = ("acts_act"."stirred" + 1) WHERE "acts_act"."id" IN (4)
--;
SELECT "acts_named"."person_id" AS "person" FROM "acts_named" WHERE "acts_named"."act_id" = 4
--;
select pg_notify('potluck', '{"act": "8gmgr7mdtw7g", "what": "new", "reach": "everyone", "author": 1, "people": [1, 2]}')
--;
SELECT "thanks_thanks"."act_id", "thanks_thanks"."what_changed", "thanks_thanks"."what_changed_html", "thanks_thanks"."is_offered", "thanks_thanks"."hung_at" FROM "thanks_thanks" WHERE "thanks_thanks"."act_id" = 4 LIMIT 21
--;
SELECT "acts_act"."id", "acts_act"."key", "acts_act"."by_id", "acts_act"."kind", "acts_act"."at", "acts_act"."on_id", "acts_act"."group_id", "acts_act"."reach", "acts_act"."in_feed", "acts_act"."title", "acts_act"."words", "acts_act"."html", "acts_act"."language", "acts_act"."edited_at", "acts_act"."answered_at", "acts_act"."is_first", "acts_act"."withdrawn_at", "acts_act"."root_withdrawn", "acts_act"."is_imported", "acts_act"."stirred", "acts_act"."touched_at", "acts_act"."once" FROM "acts_act" WHERE "acts_act"."id" = 4 LIMIT 21
--;
SELECT "people_person"."id", "people_person"."password", "people_person"."handle", "people_person"."email", "people_person"."name", "people_person"."sort_key", "people_person"."roles", "people_person"."unit_id", "people_person"."is_active", "people_person"."is_placeholder", "people_person"."is_bot", "people_person"."arrived_at", "people_person"."introduction", "people_person"."helps_with", "people_person"."phone", "people_person"."hours", "people_person"."place", "people_person"."likes_to_greet", "people_person"."language", "people_person"."timezone", "people_person"."day_starts", "people_person"."day_ends", "people_person"."single_keys", "people_person"."feed_order" FROM "people_person" WHERE "people_person"."id" = 1 LIMIT 21
--;
SELECT "notices_preference"."person_id" AS "person" FROM "notices_preference" WHERE ("notices_preference"."mail" = 'off' AND "notices_preference"."person_id" IN (1))
--;
INSERT INTO "notices_notice" ("key", "receiver_id", "kind", "cause", "act_id", "by_id", "subject", "at", "read_at", "taken_back_at", "mail_id", "no_mail") VALUES ('g9t2cwgbkd3w', 1, 'hung', '/acts/8gmgr7mdtw7g/', 4, 2, '', '2026-11-25 05:23:16.858238+00:00'::timestamptz, NULL, NULL, NULL, false) ON CONFLICT DO NOTHING
--;
select pg_notify('potluck', '{"notices": [1]}')
--;
SELECT  unnest(
  procrastinate_defer_jobs_v1(
     E'{"(mail,notices.mail_to,0,,,\\"{\\"\\"receivers\\"\\": [1]}\\",\\"2026-11-25 05:23:20.858882+00:00\\")"}'::procrastinate_job_to_defer_v1[]
  )
) AS id;
--;
SELECT "acts_act"."id", "acts_act"."key", "acts_act"."by_id", "acts_act"."kind", "acts_act"."at", "acts_act"."on_id", "acts_act"."group_id", "acts_act"."reach", "acts_act"."in_feed", "acts_act"."title", "acts_act"."words", "acts_act"."html", "acts_act"."language", "acts_act"."edited_at", "acts_act"."answered_at", "acts_act"."is_first", "acts_act"."withdrawn_at", "acts_act"."root_withdrawn", "acts_act"."is_imported", "acts_act"."stirred", "acts_act"."touched_at", "acts_act"."once" FROM "acts_act" WHERE "acts_act"."id" = 4 LIMIT 21
--;
SELECT "people_person"."id", "people_person"."password", "people_person"."handle", "people_person"."email", "people_person"."name", "people_person"."sort_key", "people_person"."roles", "people_person"."unit_id", "people_person"."is_active", "people_person"."is_placeholder", "people_person"."is_bot", "people_person"."arrived_at", "people_person"."introduction", "people_person"."helps_with", "people_person"."phone", "people_person"."hours", "people_person"."place", "people_person"."likes_to_greet", "people_person"."language", "people_person"."timezone", "people_person"."day_starts", "people_person"."day_ends", "people_person"."single_keys", "people_person"."feed_order" FROM "people_person" WHERE "people_person"."id" = 3 LIMIT 21
--;
SELECT 1 AS "a" FROM "people_session" WHERE "people_session"."session_key" = 'qnhkuyze73vmzcivsw3mas1kubf9ue18' LIMIT 1
--;
INSERT INTO "people_session" ("session_key", "session_data", "expire_date", "person_id", "began_at", "device", "key") VALUES ('qnhkuyze73vmzcivsw3mas1kubf9ue18', 'e30:1xW5TQ:Utbt8AHUTkKdyib9Kjf7alTLBvwWdWWCMLM03X9dSnQ', '2027-01-24 05:23:16.878760+00:00'::timestamptz, NULL, '2026-11-25 05:23:16.878830+00:00'::timestamptz, '', '278e8ef5c60ed330')
--;
select s."session_key", s."session_data", s."expire_date", s."person_id", s."began_at", s."device", s."key", p."id", p."password", p."handle", p."email", p."name", p."sort_key", p."roles", p."unit_id", p."is_active", p."is_placeholder", p."is_bot", p."arrived_at", p."introduction", p."helps_with", p."phone", p."hours", p."place", p."likes_to_greet", p."language", p."timezone", p."day_starts", p."day_ends", p."single_keys", p."feed_order", u."id", u."name", h."id", h."only", h."name", h."short_id", h."language", h."timezone", h."day_starts", h."day_ends", h."weekdays", h."turn_to_id", h."mail_domains", h."address", h."is_demo", h."opened_by_id", h."opened_at", h."first_link" from people_session s left join people_house h on true left join people_person p on p.id = s.person_id left join people_unit u on u.id = p.unit_id where s.session_key = 'qnhkuyze73vmzcivsw3mas1kubf9ue18' and s.expire_date > '2026-11-25 05:23:16.879757+00:00'::timestamptz
--;
SELECT 1 AS "a" FROM "people_session" WHERE "people_session"."session_key" = '4mude1ue8uiypmu25n4wdo1k27d8h522' LIMIT 1
--;
INSERT INTO "people_session" ("session_key", "session_data", "expire_date", "person_id", "began_at", "device", "key") VALUES ('4mude1ue8uiypmu25n4wdo1k27d8h522', 'e30:1xW5TQ:Utbt8AHUTkKdyib9Kjf7alTLBvwWdWWCMLM03X9dSnQ', '2027-01-24 05:23:16.881450+00:00'::timestamptz, NULL, '2026-11-25 05:23:16.881482+00:00'::timestamptz, '', 'c1731ce147d423d6')
--;
SELECT "people_session"."session_key", "people_session"."session_data", "people_session"."expire_date", "people_session"."person_id", "people_session"."began_at", "people_session"."device", "people_session"."key" FROM "people_session" WHERE "people_session"."session_key" = 'qnhkuyze73vmzcivsw3mas1kubf9ue18' LIMIT 21
--;
DELETE FROM "people_session" WHERE "people_session"."session_key" IN ('qnhkuyze73vmzcivsw3mas1kubf9ue18')
--;
UPDATE "people_session" SET "session_data" = '.eJxVjL0OwyAQg9-FuYr4CdzRrX0RdMBFiRoRqYGp6ruXVBnawYP92X6JQK3Ooe38DEsWV2HE5TeLlB5cDkDresQDpbS1Uodv58T7cOuOS10S1WUr93P1dzXTPvcfyCprrbJJ0OWt9Ggkoo48Thg5G-c9gyXwI6F04CQrAFasJ7RxUuL9AajSO9U:1xW5TQ:1wzlQxWREILUo2zQGfMimkWP-PqHDfgcD2EliD_-8Q8', "expire_date" = '2027-01-24 05:23:16.883099+00:00'::timestamptz, "person_id" = 3, "began_at" = '2026-11-25 05:23:16.883123+00:00'::timestamptz, "device" = '', "key" = 'c1731ce147d423d6' WHERE "people_session"."session_key" = '4mude1ue8uiypmu25n4wdo1k27d8h522'
--;
select s."session_key", s."session_data", s."expire_date", s."person_id", s."began_at", s."device", s."key", p."id", p."password", p."handle", p."email", p."name", p."sort_key", p."roles", p."unit_id", p."is_active", p."is_placeholder", p."is_bot", p."arrived_at", p."introduction", p."helps_with", p."phone", p."hours", p."place", p."likes_to_greet", p."language", p."timezone", p."day_starts", p."day_ends", p."single_keys", p."feed_order", u."id", u."name", h."id", h."only", h."name", h."short_id", h."language", h."timezone", h."day_starts", h."day_ends", h."weekdays", h."turn_to_id", h."mail_domains", h."address", h."is_demo", h."opened_by_id", h."opened_at", h."first_link" from people_session s left join people_house h on true left join people_person p on p.id = s.person_id left join people_unit u on u.id = p.unit_id where s.session_key = '4mude1ue8uiypmu25n4wdo1k27d8h522' and s.expire_date > '2026-11-25 05:23:16.900855+00:00'::timestamptz
--;
SELECT "people_house"."id", "people_house"."only", "people_house"."name", "people_house"."short_id", "people_house"."language", "people_house"."timezone", "people_house"."day_starts", "people_house"."day_ends", "people_house"."weekdays", "people_house"."turn_to_id", "people_house"."mail_domains", "people_house"."address", "people_house"."is_demo", "people_house"."opened_by_id", "people_house"."opened_at", "people_house"."first_link" FROM "people_house" ORDER BY "people_house"."id" ASC LIMIT 1
--;
INSERT INTO "people_house" ("only", "name", "short_id", "language", "timezone", "day_starts", "day_ends", "weekdays", "turn_to_id", "mail_domains", "address", "is_demo", "opened_by_id", "opened_at", "first_link") VALUES (true, '', 'xjkga7gyj7rx', 'de', 'Europe/Berlin', '08:00:00'::time, '17:00:00'::time, '{}'::smallint[], NULL, '{}'::varchar(120)[], 'http://localhost:8000', false, NULL, NULL, '') ON CONFLICT DO NOTHING
--;
SELECT "people_house"."id", "people_house"."only", "people_house"."name", "people_house"."short_id", "people_house"."language", "people_house"."timezone", "people_house"."day_starts", "people_house"."day_ends", "people_house"."weekdays", "people_house"."turn_to_id", "people_house"."mail_domains", "people_house"."address", "people_house"."is_demo", "people_house"."opened_by_id", "people_house"."opened_at", "people_house"."first_link" FROM "people_house" LIMIT 21
--;
select array( select a.id from (select id from people_person where arrived_at > '2026-10-26 05:23:16.967189+00:00'::timestamptz and is_active and not is_placeholder and not is_bot and id <> 3 order by arrived_at desc limit 40) p join acts_act a on a.by_id = p.id and a.is_first and not a.is_imported where a.answered_at is null and (a.withdrawn_at is null and not a.root_withdrawn and ( a.by_id = 3 or a.reach = 'everyone' and true or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3) or a.reach = 'group' and ( exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3) or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed)))) order by a.at, a.id limit 2), array( select q.id from unnest('{asked}'::text[]) one (kind) cross join lateral ( select a.id, a.at from acts_act a where a.kind = one.kind and a.in_feed and a.answered_at is null and a.withdrawn_at is null and not a.is_imported and a.by_id <> 3 and a.at < '2026-11-25 03:23:16.967189+00:00'::timestamptz and (a.withdrawn_at is null and not a.root_withdrawn and ( a.by_id = 3 or a.reach = 'everyone' and true or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3) or a.reach = 'group' and ( exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3) or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed)))) order by a.at, a.id limit 3 + 1) q order by q.at, q.id limit 3 + 1), coalesce((select json_agg(p) from ( select p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, '') as unit from people_person p left join people_unit u on u.id = p.unit_id where true and p.arrived_at > '2026-10-26 05:23:16.967189+00:00'::timestamptz and p.is_active and not p.is_placeholder and not p.is_bot and p.id <> 3 and not exists (select from people_house h where h.opened_by_id = p.id) order by p.arrived_at desc limit 2) p), '[]'), array(select distinct w.what from ( select told.act_id, 'answers' as what from (select n.act_id from notices_notice n where n.receiver_id = 3 and n.kind = 'answered' and n.at > '2026-10-26 05:23:16.967189+00:00'::timestamptz order by n.at desc, n.id desc limit 20) told join acts_act t on t.id = told.act_id where not exists (select from acts_act b where b.on_id = t.on_id and b.by_id = 3 and not b.in_feed and b.withdrawn_at is null and b.at > t.at) and not exists (select from talk_reaction r where r.act_id = t.id and r.by_id = 3) and not exists (select from talk_comment c where c.act_id = t.id and c.helped_at is not null) union all select t.act_id, 'thanks' from thanks_receiver r join thanks_thanks t on t.act_id = r.thanks_id where r.person_id = 3 and r.agreed_at is null and r.declined_at is null and t.is_offered) w join acts_act a on a.id = w.act_id where (a.withdrawn_at is null and not a.root_withdrawn and ( a.by_id = 3 or a.reach = 'everyone' and true or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3) or a.reach = 'group' and ( exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3) or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))), exists (select from notices_notice n left join acts_act a on a.id = n.act_id where n.receiver_id = 3 and n.read_at is null and n.taken_back_at is null and (n.act_id is null or (a.withdrawn_at is null and not a.root_withdrawn and ( a.by_id = 3 or a.reach = 'everyone' and true or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3) or a.reach = 'group' and ( exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3) or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed)))))), not exists (select from people_house h where h.opened_by_id = 3) and not exists (select from acts_named n join acts_act a on a.id = n.act_id where n.person_id = 3 and a.kind = any('{welcomed}') and a.withdrawn_at is null)
--;

with ids as (
  (select * from (select a.id, a.at from acts_act a where a.in_feed and a.withdrawn_at is null and (a.at, a.id) < ('9999-01-01 00:00:00+00:00'::timestamptz, 0) and a.reach = 'everyone' and true order by a.at desc, a.id desc limit 21) everyone)
  union
  (select g.id, g.at from groups_membership m cross join lateral (select a.id, a.at from acts_act a where a.in_feed and a.withdrawn_at is null and (a.at, a.id) < ('9999-01-01 00:00:00+00:00'::timestamptz, 0) and a.reach = 'group' and a.group_id = m.group_id
     order by a.at desc, a.id desc limit 21) g where m.person_id = 3 order by g.at desc, g.id desc limit 21)
  union
  (select n.act_id, n.at from acts_named n join acts_act a on a.id = n.act_id
     where n.person_id = 3 and (n.at, n.act_id) < ('9999-01-01 00:00:00+00:00'::timestamptz, 0) and a.in_feed and a.withdrawn_at is null
       and a.reach <> 'group'
     order by n.at desc, n.act_id desc limit 21)
  union
  (select * from (select a.id, a.at from acts_act a where a.in_feed and a.withdrawn_at is null and (a.at, a.id) < ('9999-01-01 00:00:00+00:00'::timestamptz, 0) and a.by_id = 3 order by a.at desc, a.id desc limit 21) mine)
), newest as (select id, at from ids order by at desc, id desc limit 21)
select 
  a.id, a.key, a.kind, a.at, a.reach, a.title, a.html, a.language, a.is_imported, a.edited_at, a.withdrawn_at, a.on_id,
  p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''), g.key, g.name, g.is_closed,
  g.archived_at, o.key, a.stirred, a.is_first
, chosen.raised
from (select id, false as raised from newest union all select unnest('{}'::bigint[]), true) chosen
join acts_act a on a.id = chosen.id 
  join people_person p on p.id = a.by_id
  left join people_unit u on u.id = p.unit_id
  left join groups_group g on g.id = a.group_id
  left join acts_act o on o.id = a.on_id
 order by a.at desc, a.id desc

--;

select t.act_id, t.what_changed_html, t.is_offered, t.hung_at, mine.id is not null, mine.agreed_at, mine.declined_at, given.on_id,
  (select coalesce(root.key, a.key) from acts_act a left join acts_act root on root.id = a.on_id and not a.in_feed
   where a.id = given.on_id and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))),
  coalesce((select json_agg(json_build_array(p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''))
                            order by p.sort_key)
   from acts_named n join people_person p on p.id = n.person_id left join people_unit u on u.id = p.unit_id
   where n.act_id = t.act_id), '[]')
from thanks_thanks t join acts_act given on given.id = t.act_id
left join thanks_receiver mine on mine.thanks_id = t.act_id and mine.person_id = 3
where t.act_id = any('{4}'::int2[])

--;

select r.act_id, r.emoji, r.by_id, split_part(p.name, ' ', 1)
from unnest('{4,2,1}'::int2[]::bigint[]) one (id)
cross join lateral (
  (select id, act_id, emoji, by_id from talk_reaction where act_id = one.id order by id limit 40)
  union (select id, act_id, emoji, by_id from talk_reaction where act_id = one.id and by_id = 3)
) r
join people_person p on p.id = r.by_id order by r.id

--;

select one.id, v.names, h.html, h.language, h.person, h.handle, h.name, h.is_placeholder, h.is_bot, h.unit
from acts_act one
cross join lateral (
  select array_agg(split_part(p.name, ' ', 1) order by c.at, c.id) as names
  from (select a.by_id, a.at, a.id from acts_act a
        where a.on_id = one.id and a.by_id <> one.by_id and not a.in_feed and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))
        order by a.at desc, a.id desc limit 8) c
  join people_person p on p.id = c.by_id
) v
left join lateral (
  select a.html, a.language, p.id as person, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, '') as unit
  from acts_act a
  join talk_comment c on c.act_id = a.id and c.helped_at is not null
  join people_person p on p.id = a.by_id left join people_unit u on u.id = p.unit_id
  where a.on_id = one.id and one.kind = any('{asked}') and not a.in_feed and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))
  order by c.helped_at, a.id limit 1
) h on true
where one.id = any('{4,2,1}'::int2[]) and v.names is not null

--;
SELECT "people_person"."id", "people_person"."password", "people_person"."handle", "people_person"."email", "people_person"."name", "people_person"."sort_key", "people_person"."roles", "people_person"."unit_id", "people_person"."is_active", "people_person"."is_placeholder", "people_person"."is_bot", "people_person"."arrived_at", "people_person"."introduction", "people_person"."helps_with", "people_person"."phone", "people_person"."hours", "people_person"."place", "people_person"."likes_to_greet", "people_person"."language", "people_person"."timezone", "people_person"."day_starts", "people_person"."day_ends", "people_person"."single_keys", "people_person"."feed_order", "people_unit"."id", "people_unit"."name" FROM "people_person" LEFT OUTER JOIN "people_unit" ON ("people_person"."unit_id" = "people_unit"."id") WHERE (NOT (NOT "people_person"."is_active" AND NOT "people_person"."is_placeholder") AND "people_person"."is_active" AND NOT "people_person"."is_placeholder" AND "people_person"."likes_to_greet" AND NOT ("people_person"."id" = 3)) ORDER BY "people_person"."sort_key" ASC LIMIT 6
--;
select s."session_key", s."session_data", s."expire_date", s."person_id", s."began_at", s."device", s."key", p."id", p."password", p."handle", p."email", p."name", p."sort_key", p."roles", p."unit_id", p."is_active", p."is_placeholder", p."is_bot", p."arrived_at", p."introduction", p."helps_with", p."phone", p."hours", p."place", p."likes_to_greet", p."language", p."timezone", p."day_starts", p."day_ends", p."single_keys", p."feed_order", u."id", u."name", h."id", h."only", h."name", h."short_id", h."language", h."timezone", h."day_starts", h."day_ends", h."weekdays", h."turn_to_id", h."mail_domains", h."address", h."is_demo", h."opened_by_id", h."opened_at", h."first_link" from people_session s left join people_house h on true left join people_person p on p.id = s.person_id left join people_unit u on u.id = p.unit_id where s.session_key = '4mude1ue8uiypmu25n4wdo1k27d8h522' and s.expire_date > '2026-11-25 05:23:17.260181+00:00'::timestamptz
--;
select 
  a.id, a.key, a.kind, a.at, a.reach, a.title, a.html, a.language, a.is_imported, a.edited_at, a.withdrawn_at, a.on_id,
  p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''), g.key, g.name, g.is_closed,
  g.archived_at, o.key, a.stirred, a.is_first
 from acts_act a 
  join people_person p on p.id = a.by_id
  left join people_unit u on u.id = p.unit_id
  left join groups_group g on g.id = a.group_id
  left join acts_act o on o.id = a.on_id
 where (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed)))) and a.key = 'h09n3u48z3wb'
--;
select 
  a.id, a.key, a.kind, a.at, a.reach, a.title, a.html, a.language, a.is_imported, a.edited_at, a.withdrawn_at, a.on_id,
  p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''), g.key, g.name, g.is_closed,
  g.archived_at, o.key, a.stirred, a.is_first
, c.below_id, b.key, c.answers_id, c.helped_at, wp.name from 
  (
  with tops as (
    select a.id 
  from acts_act a join talk_comment c on c.act_id = a.id left join acts_act up on up.id = c.below_id
  where a.on_id = 2 and not a.in_feed and (c.below_id is null or up.withdrawn_at is not null) and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))
 and (a.at, a.id) < ('9999-01-01 00:00:00+00:00'::timestamptz, 0) order by a.at desc, a.id desc limit 41)
  select id from tops union select r.act_id from tops join talk_comment r on r.below_id = tops.id
) chosen
  join acts_act a on a.id = chosen.id 
  join people_person p on p.id = a.by_id
  left join people_unit u on u.id = p.unit_id
  left join groups_group g on g.id = a.group_id
  left join acts_act o on o.id = a.on_id

  join talk_comment c on c.act_id = a.id
  left join acts_act b on b.id = c.below_id
  left join acts_act w on w.id = c.answers_id and w.withdrawn_at is null
  left join people_person wp on wp.id = w.by_id
  where (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed)))) order by a.at, a.id

--;

select r.act_id, r.emoji, r.by_id, split_part(p.name, ' ', 1)
from unnest('{2,3}'::int2[]::bigint[]) one (id)
cross join lateral (
  (select id, act_id, emoji, by_id from talk_reaction where act_id = one.id order by id limit 40)
  union (select id, act_id, emoji, by_id from talk_reaction where act_id = one.id and by_id = 3)
) r
join people_person p on p.id = r.by_id order by r.id

--;

select one.id, v.names, h.html, h.language, h.person, h.handle, h.name, h.is_placeholder, h.is_bot, h.unit
from acts_act one
cross join lateral (
  select array_agg(split_part(p.name, ' ', 1) order by c.at, c.id) as names
  from (select a.by_id, a.at, a.id from acts_act a
        where a.on_id = one.id and a.by_id <> one.by_id and not a.in_feed and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))
        order by a.at desc, a.id desc limit 8) c
  join people_person p on p.id = c.by_id
) v
left join lateral (
  select a.html, a.language, p.id as person, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, '') as unit
  from acts_act a
  join talk_comment c on c.act_id = a.id and c.helped_at is not null
  join people_person p on p.id = a.by_id left join people_unit u on u.id = p.unit_id
  where a.on_id = one.id and one.kind = any('{asked}') and not a.in_feed and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))
  order by c.helped_at, a.id limit 1
) h on true
where one.id = any('{2}'::int2[]) and v.names is not null

--;

select coalesce(bool_or(n.cause <> '/acts/h09n3u48z3wb/'), false), coalesce(bool_or(n.cause = '/acts/h09n3u48z3wb/'), false) from notices_notice n left join acts_act a on a.id = n.act_id
where n.receiver_id = 3 and n.read_at is null and n.taken_back_at is null and (n.act_id is null or (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed)))))

--;
select 
  a.id, a.key, a.kind, a.at, a.reach, a.title, a.html, a.language, a.is_imported, a.edited_at, a.withdrawn_at, a.on_id,
  p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''), g.key, g.name, g.is_closed,
  g.archived_at, o.key, a.stirred, a.is_first
, 1 from 
  unnest('{asked}'::text[]) one (kind) cross join lateral (
    select a.* from acts_act a where a.kind = one.kind and a.in_feed and a.answered_at is null and a.withdrawn_at is null
      and not a.is_imported and a.by_id <> 3 and a.by_id <> 1 and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))
    order by a.at, a.id limit 1) a
  
  join people_person p on p.id = a.by_id
  left join people_unit u on u.id = p.unit_id
  left join groups_group g on g.id = a.group_id
  left join acts_act o on o.id = a.on_id
 order by a.at, a.id limit 1

--;
select s."session_key", s."session_data", s."expire_date", s."person_id", s."began_at", s."device", s."key", p."id", p."password", p."handle", p."email", p."name", p."sort_key", p."roles", p."unit_id", p."is_active", p."is_placeholder", p."is_bot", p."arrived_at", p."introduction", p."helps_with", p."phone", p."hours", p."place", p."likes_to_greet", p."language", p."timezone", p."day_starts", p."day_ends", p."single_keys", p."feed_order", u."id", u."name", h."id", h."only", h."name", h."short_id", h."language", h."timezone", h."day_starts", h."day_ends", h."weekdays", h."turn_to_id", h."mail_domains", h."address", h."is_demo", h."opened_by_id", h."opened_at", h."first_link" from people_session s left join people_house h on true left join people_person p on p.id = s.person_id left join people_unit u on u.id = p.unit_id where s.session_key = '4mude1ue8uiypmu25n4wdo1k27d8h522' and s.expire_date > '2026-11-25 05:23:17.304633+00:00'::timestamptz
--;
SELECT "notices_notice"."cause" AS "cause", MAX("notices_notice"."at") AS "last", MAX("notices_notice"."id") AS "last_id" FROM "notices_notice" WHERE ("notices_notice"."receiver_id" = 3 AND "notices_notice"."taken_back_at" IS NULL AND ("notices_notice"."act_id" IS NULL OR EXISTS(SELECT 1 AS "a" FROM "acts_act" V0 LEFT OUTER JOIN "groups_group" V2 ON (V0."group_id" = V2."id") WHERE ((V0."by_id" = 3 OR (V0."reach" = 'group' AND (V0."group_id" IN (SELECT U0."group_id" AS "group" FROM "groups_membership" U0 WHERE U0."person_id" = 3) OR NOT V2."is_closed")) OR (V0."reach" = 'named' AND EXISTS(SELECT 1 AS "a" FROM "acts_named" U0 WHERE (U0."act_id" = (V0."id") AND U0."person_id" = 3) LIMIT 1)) OR V0."reach" = 'everyone') AND NOT V0."root_withdrawn" AND V0."withdrawn_at" IS NULL AND V0."id" = ("notices_notice"."act_id")) LIMIT 1))) GROUP BY 1 ORDER BY 2 DESC, 3 DESC LIMIT 21
--;
select exists (select from notices_notice n left join acts_act a on a.id = n.act_id
where n.receiver_id = 3 and n.read_at is null and n.taken_back_at is null and (n.act_id is null or (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))))
--;
select s."session_key", s."session_data", s."expire_date", s."person_id", s."began_at", s."device", s."key", p."id", p."password", p."handle", p."email", p."name", p."sort_key", p."roles", p."unit_id", p."is_active", p."is_placeholder", p."is_bot", p."arrived_at", p."introduction", p."helps_with", p."phone", p."hours", p."place", p."likes_to_greet", p."language", p."timezone", p."day_starts", p."day_ends", p."single_keys", p."feed_order", u."id", u."name", h."id", h."only", h."name", h."short_id", h."language", h."timezone", h."day_starts", h."day_ends", h."weekdays", h."turn_to_id", h."mail_domains", h."address", h."is_demo", h."opened_by_id", h."opened_at", h."first_link" from people_session s left join people_house h on true left join people_person p on p.id = s.person_id left join people_unit u on u.id = p.unit_id where s.session_key = '4mude1ue8uiypmu25n4wdo1k27d8h522' and s.expire_date > '2026-11-25 05:23:17.325591+00:00'::timestamptz
--;
SELECT "thanks_thanks"."act_id" AS "pk", "thanks_thanks"."hung_at" AS "hung_at" FROM "thanks_thanks" WHERE ("thanks_thanks"."act_id" IN (SELECT V0."id" FROM "acts_act" V0 LEFT OUTER JOIN "groups_group" V2 ON (V0."group_id" = V2."id") WHERE ((V0."by_id" = 3 OR (V0."reach" = 'group' AND (V0."group_id" IN (SELECT U0."group_id" AS "group" FROM "groups_membership" U0 WHERE U0."person_id" = 3) OR NOT V2."is_closed")) OR (V0."reach" = 'named' AND EXISTS(SELECT 1 AS "a" FROM "acts_named" U0 WHERE (U0."act_id" = (V0."id") AND U0."person_id" = 3) LIMIT 1)) OR V0."reach" = 'everyone') AND NOT V0."root_withdrawn" AND V0."withdrawn_at" IS NULL AND V0."reach" = 'everyone')) AND "thanks_thanks"."hung_at" IS NOT NULL) ORDER BY 2 DESC, 1 DESC LIMIT 13
--;
select 
  a.id, a.key, a.kind, a.at, a.reach, a.title, a.html, a.language, a.is_imported, a.edited_at, a.withdrawn_at, a.on_id,
  p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''), g.key, g.name, g.is_closed,
  g.archived_at, o.key, a.stirred, a.is_first
 from acts_act a 
  join people_person p on p.id = a.by_id
  left join people_unit u on u.id = p.unit_id
  left join groups_group g on g.id = a.group_id
  left join acts_act o on o.id = a.on_id
 where (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed)))) and a.id = any('{4}'::int2[]) order by a.at desc, a.id desc
--;

select t.act_id, t.what_changed_html, t.is_offered, t.hung_at, mine.id is not null, mine.agreed_at, mine.declined_at, given.on_id,
  (select coalesce(root.key, a.key) from acts_act a left join acts_act root on root.id = a.on_id and not a.in_feed
   where a.id = given.on_id and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))),
  coalesce((select json_agg(json_build_array(p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''))
                            order by p.sort_key)
   from acts_named n join people_person p on p.id = n.person_id left join people_unit u on u.id = p.unit_id
   where n.act_id = t.act_id), '[]')
from thanks_thanks t join acts_act given on given.id = t.act_id
left join thanks_receiver mine on mine.thanks_id = t.act_id and mine.person_id = 3
where t.act_id = any('{4}'::int2[])

--;

select r.act_id, r.emoji, r.by_id, split_part(p.name, ' ', 1)
from unnest('{4}'::int2[]::bigint[]) one (id)
cross join lateral (
  (select id, act_id, emoji, by_id from talk_reaction where act_id = one.id order by id limit 40)
  union (select id, act_id, emoji, by_id from talk_reaction where act_id = one.id and by_id = 3)
) r
join people_person p on p.id = r.by_id order by r.id

--;

select one.id, v.names, h.html, h.language, h.person, h.handle, h.name, h.is_placeholder, h.is_bot, h.unit
from acts_act one
cross join lateral (
  select array_agg(split_part(p.name, ' ', 1) order by c.at, c.id) as names
  from (select a.by_id, a.at, a.id from acts_act a
        where a.on_id = one.id and a.by_id <> one.by_id and not a.in_feed and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))
        order by a.at desc, a.id desc limit 8) c
  join people_person p on p.id = c.by_id
) v
left join lateral (
  select a.html, a.language, p.id as person, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, '') as unit
  from acts_act a
  join talk_comment c on c.act_id = a.id and c.helped_at is not null
  join people_person p on p.id = a.by_id left join people_unit u on u.id = p.unit_id
  where a.on_id = one.id and one.kind = any('{asked}') and not a.in_feed and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))
  order by c.helped_at, a.id limit 1
) h on true
where one.id = any('{4}'::int2[]) and v.names is not null

--;
select exists (select from notices_notice n left join acts_act a on a.id = n.act_id
where n.receiver_id = 3 and n.read_at is null and n.taken_back_at is null and (n.act_id is null or (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))))
--;
select s."session_key", s."session_data", s."expire_date", s."person_id", s."began_at", s."device", s."key", p."id", p."password", p."handle", p."email", p."name", p."sort_key", p."roles", p."unit_id", p."is_active", p."is_placeholder", p."is_bot", p."arrived_at", p."introduction", p."helps_with", p."phone", p."hours", p."place", p."likes_to_greet", p."language", p."timezone", p."day_starts", p."day_ends", p."single_keys", p."feed_order", u."id", u."name", h."id", h."only", h."name", h."short_id", h."language", h."timezone", h."day_starts", h."day_ends", h."weekdays", h."turn_to_id", h."mail_domains", h."address", h."is_demo", h."opened_by_id", h."opened_at", h."first_link" from people_session s left join people_house h on true left join people_person p on p.id = s.person_id left join people_unit u on u.id = p.unit_id where s.session_key = '4mude1ue8uiypmu25n4wdo1k27d8h522' and s.expire_date > '2026-11-25 05:23:17.358223+00:00'::timestamptz
--;
SELECT "people_person"."id", "people_person"."password", "people_person"."handle", "people_person"."email", "people_person"."name", "people_person"."sort_key", "people_person"."roles", "people_person"."unit_id", "people_person"."is_active", "people_person"."is_placeholder", "people_person"."is_bot", "people_person"."arrived_at", "people_person"."introduction", "people_person"."helps_with", "people_person"."phone", "people_person"."hours", "people_person"."place", "people_person"."likes_to_greet", "people_person"."language", "people_person"."timezone", "people_person"."day_starts", "people_person"."day_ends", "people_person"."single_keys", "people_person"."feed_order", "people_unit"."id", "people_unit"."name" FROM "people_person" LEFT OUTER JOIN "people_unit" ON ("people_person"."unit_id" = "people_unit"."id") WHERE (NOT (NOT "people_person"."is_active" AND NOT "people_person"."is_placeholder") AND "people_person"."handle" = 'mira-sand') ORDER BY "people_person"."id" ASC LIMIT 1
--;
SELECT "acts_act"."id" AS "pk" FROM "acts_act" LEFT OUTER JOIN "groups_group" ON ("acts_act"."group_id" = "groups_group"."id") WHERE (("acts_act"."by_id" = 3 OR ("acts_act"."reach" = 'group' AND ("acts_act"."group_id" IN (SELECT U0."group_id" AS "group" FROM "groups_membership" U0 WHERE U0."person_id" = 3) OR NOT "groups_group"."is_closed")) OR ("acts_act"."reach" = 'named' AND EXISTS(SELECT 1 AS "a" FROM "acts_named" U0 WHERE (U0."act_id" = ("acts_act"."id") AND U0."person_id" = 3) LIMIT 1)) OR "acts_act"."reach" = 'everyone') AND NOT "acts_act"."root_withdrawn" AND "acts_act"."withdrawn_at" IS NULL AND "acts_act"."by_id" = 1 AND NOT ("acts_act"."reach" = 'named')) ORDER BY "acts_act"."at" DESC, 1 DESC LIMIT 21
--;
select 
  a.id, a.key, a.kind, a.at, a.reach, a.title, a.html, a.language, a.is_imported, a.edited_at, a.withdrawn_at, a.on_id,
  p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''), g.key, g.name, g.is_closed,
  g.archived_at, o.key, a.stirred, a.is_first
 from acts_act a 
  join people_person p on p.id = a.by_id
  left join people_unit u on u.id = p.unit_id
  left join groups_group g on g.id = a.group_id
  left join acts_act o on o.id = a.on_id
 where a.id = any('{4,2}'::int2[]) order by a.at desc, a.id desc
--;
select c.act_id, r.kind, case when c.helped_at is not null then p.name end
               from talk_comment c join acts_act a on a.id = c.act_id join acts_act r on r.id = a.on_id
               join people_person p on p.id = r.by_id where c.act_id = any('{}')
--;
select exists (select from notices_notice n left join acts_act a on a.id = n.act_id
where n.receiver_id = 3 and n.read_at is null and n.taken_back_at is null and (n.act_id is null or (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))))
--;
select s."session_key", s."session_data", s."expire_date", s."person_id", s."began_at", s."device", s."key", p."id", p."password", p."handle", p."email", p."name", p."sort_key", p."roles", p."unit_id", p."is_active", p."is_placeholder", p."is_bot", p."arrived_at", p."introduction", p."helps_with", p."phone", p."hours", p."place", p."likes_to_greet", p."language", p."timezone", p."day_starts", p."day_ends", p."single_keys", p."feed_order", u."id", u."name", h."id", h."only", h."name", h."short_id", h."language", h."timezone", h."day_starts", h."day_ends", h."weekdays", h."turn_to_id", h."mail_domains", h."address", h."is_demo", h."opened_by_id", h."opened_at", h."first_link" from people_session s left join people_house h on true left join people_person p on p.id = s.person_id left join people_unit u on u.id = p.unit_id where s.session_key = '4mude1ue8uiypmu25n4wdo1k27d8h522' and s.expire_date > '2026-11-25 05:23:17.383203+00:00'::timestamptz
--;
SELECT "groups_group"."id", "groups_group"."key", "groups_group"."name", "groups_group"."about", "groups_group"."is_closed", "groups_group"."is_listed", "groups_group"."opened_by_id", "groups_group"."opened_at", "groups_group"."archived_at", "groups_group"."once" FROM "groups_group" WHERE (("groups_group"."id" IN (SELECT U0."group_id" AS "group" FROM "groups_membership" U0 WHERE U0."person_id" = 3) OR "groups_group"."is_listed") AND "groups_group"."key" = 'z7ubnm8akcmu') ORDER BY "groups_group"."id" ASC LIMIT 1
--;
SELECT 1 AS "a" FROM "groups_group" WHERE (("groups_group"."id" IN (SELECT U0."group_id" AS "group" FROM "groups_membership" U0 WHERE U0."person_id" = 3) OR NOT "groups_group"."is_closed") AND "groups_group"."id" = 1) LIMIT 1
--;
SELECT "acts_act"."id" AS "pk" FROM "acts_act" INNER JOIN "groups_group" ON ("acts_act"."group_id" = "groups_group"."id") WHERE (("acts_act"."by_id" = 3 OR ("acts_act"."reach" = 'group' AND ("acts_act"."group_id" IN (SELECT U0."group_id" AS "group" FROM "groups_membership" U0 WHERE U0."person_id" = 3) OR NOT "groups_group"."is_closed")) OR ("acts_act"."reach" = 'named' AND EXISTS(SELECT 1 AS "a" FROM "acts_named" U0 WHERE (U0."act_id" = ("acts_act"."id") AND U0."person_id" = 3) LIMIT 1)) OR "acts_act"."reach" = 'everyone') AND NOT "acts_act"."root_withdrawn" AND "acts_act"."withdrawn_at" IS NULL AND "acts_act"."group_id" = 1 AND "acts_act"."in_feed") ORDER BY "acts_act"."at" DESC, 1 DESC LIMIT 21
--;
UPDATE "notices_notice" SET "read_at" = '2026-11-25 05:23:17.388908+00:00'::timestamptz WHERE ("notices_notice"."cause" = '/groups/z7ubnm8akcmu/' AND "notices_notice"."read_at" IS NULL AND "notices_notice"."receiver_id" = 3)
--;
SELECT 1 AS "a" FROM "groups_group" WHERE (("groups_group"."id" IN (SELECT U0."group_id" AS "group" FROM "groups_membership" U0 WHERE U0."person_id" = 3) OR NOT "groups_group"."is_closed") AND "groups_group"."id" = 1) LIMIT 1
--;
SELECT "groups_membership"."id", "groups_membership"."group_id", "groups_membership"."person_id", "groups_membership"."is_host", "groups_membership"."since", "people_person"."id", "people_person"."password", "people_person"."handle", "people_person"."email", "people_person"."name", "people_person"."sort_key", "people_person"."roles", "people_person"."unit_id", "people_person"."is_active", "people_person"."is_placeholder", "people_person"."is_bot", "people_person"."arrived_at", "people_person"."introduction", "people_person"."helps_with", "people_person"."phone", "people_person"."hours", "people_person"."place", "people_person"."likes_to_greet", "people_person"."language", "people_person"."timezone", "people_person"."day_starts", "people_person"."day_ends", "people_person"."single_keys", "people_person"."feed_order", "people_unit"."id", "people_unit"."name" FROM "groups_membership" INNER JOIN "people_person" ON ("groups_membership"."person_id" = "people_person"."id") LEFT OUTER JOIN "people_unit" ON ("people_person"."unit_id" = "people_unit"."id") WHERE ("groups_membership"."group_id" = 1 AND ("people_person"."is_active" OR "people_person"."is_placeholder")) ORDER BY "groups_membership"."is_host" DESC, "people_person"."sort_key" ASC LIMIT 10
--;
SELECT 1 AS "a" FROM "groups_membership" INNER JOIN "people_person" ON ("groups_membership"."person_id" = "people_person"."id") WHERE ("groups_membership"."group_id" = 1 AND "people_person"."is_active" AND NOT "people_person"."is_bot" AND NOT "people_person"."is_placeholder" AND "groups_membership"."is_host") LIMIT 1
--;
SELECT "groups_membership"."id", "groups_membership"."group_id", "groups_membership"."person_id", "groups_membership"."is_host", "groups_membership"."since" FROM "groups_membership" WHERE ("groups_membership"."group_id" = 1 AND "groups_membership"."person_id" = 3) ORDER BY "groups_membership"."id" ASC LIMIT 1
--;
SELECT "groups_joinrequest"."id", "groups_joinrequest"."key", "groups_joinrequest"."group_id", "groups_joinrequest"."person_id", "groups_joinrequest"."words", "groups_joinrequest"."at", "groups_joinrequest"."told_at", "groups_joinrequest"."answered_at", "groups_joinrequest"."answered_by_id", "groups_joinrequest"."accepted", "groups_joinrequest"."answer_told_at" FROM "groups_joinrequest" WHERE ("groups_joinrequest"."answered_at" IS NULL AND "groups_joinrequest"."group_id" = 1 AND "groups_joinrequest"."person_id" = 3) ORDER BY "groups_joinrequest"."id" ASC LIMIT 1
--;
SELECT 1 AS "a" FROM "groups_membership" WHERE ("groups_membership"."group_id" = 1 AND "groups_membership"."is_host" AND "groups_membership"."person_id" = 3) LIMIT 1
--;
select exists (select from notices_notice n left join acts_act a on a.id = n.act_id
where n.receiver_id = 3 and n.read_at is null and n.taken_back_at is null and (n.act_id is null or (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))))
--;
SELECT 1 AS "a" FROM "groups_membership" WHERE ("groups_membership"."group_id" = 1 AND "groups_membership"."person_id" = 3) LIMIT 1
--;
SELECT 1 AS "a" FROM "groups_membership" WHERE ("groups_membership"."group_id" = 1 AND "groups_membership"."is_host" AND "groups_membership"."person_id" = 3) LIMIT 1
--;
SELECT 1 AS "a" FROM "groups_membership" WHERE ("groups_membership"."group_id" = 1 AND "groups_membership"."person_id" = 3) LIMIT 1
--;
SELECT 1 AS "a" FROM "groups_membership" WHERE ("groups_membership"."group_id" = 1 AND "groups_membership"."is_host" AND "groups_membership"."person_id" = 3) LIMIT 1
--;
select s."session_key", s."session_data", s."expire_date", s."person_id", s."began_at", s."device", s."key", p."id", p."password", p."handle", p."email", p."name", p."sort_key", p."roles", p."unit_id", p."is_active", p."is_placeholder", p."is_bot", p."arrived_at", p."introduction", p."helps_with", p."phone", p."hours", p."place", p."likes_to_greet", p."language", p."timezone", p."day_starts", p."day_ends", p."single_keys", p."feed_order", u."id", u."name", h."id", h."only", h."name", h."short_id", h."language", h."timezone", h."day_starts", h."day_ends", h."weekdays", h."turn_to_id", h."mail_domains", h."address", h."is_demo", h."opened_by_id", h."opened_at", h."first_link" from people_session s left join people_house h on true left join people_person p on p.id = s.person_id left join people_unit u on u.id = p.unit_id where s.session_key = '4mude1ue8uiypmu25n4wdo1k27d8h522' and s.expire_date > '2026-11-25 05:23:17.419733+00:00'::timestamptz
--;
select 
  a.id, a.key, a.kind, a.at, a.reach, a.title, a.html, a.language, a.is_imported, a.edited_at, a.withdrawn_at, a.on_id,
  p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''), g.key, g.name, g.is_closed,
  g.archived_at, o.key, a.stirred, a.is_first
 from acts_act a 
  join people_person p on p.id = a.by_id
  left join people_unit u on u.id = p.unit_id
  left join groups_group g on g.id = a.group_id
  left join acts_act o on o.id = a.on_id
 where (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed)))) and a.key = '8gmgr7mdtw7g'
--;
select 
  a.id, a.key, a.kind, a.at, a.reach, a.title, a.html, a.language, a.is_imported, a.edited_at, a.withdrawn_at, a.on_id,
  p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''), g.key, g.name, g.is_closed,
  g.archived_at, o.key, a.stirred, a.is_first
, c.below_id, b.key, c.answers_id, c.helped_at, wp.name from 
  (
  with tops as (
    select a.id 
  from acts_act a join talk_comment c on c.act_id = a.id left join acts_act up on up.id = c.below_id
  where a.on_id = 4 and not a.in_feed and (c.below_id is null or up.withdrawn_at is not null) and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))
 and (a.at, a.id) < ('9999-01-01 00:00:00+00:00'::timestamptz, 0) order by a.at desc, a.id desc limit 41)
  select id from tops union select r.act_id from tops join talk_comment r on r.below_id = tops.id
) chosen
  join acts_act a on a.id = chosen.id 
  join people_person p on p.id = a.by_id
  left join people_unit u on u.id = p.unit_id
  left join groups_group g on g.id = a.group_id
  left join acts_act o on o.id = a.on_id

  join talk_comment c on c.act_id = a.id
  left join acts_act b on b.id = c.below_id
  left join acts_act w on w.id = c.answers_id and w.withdrawn_at is null
  left join people_person wp on wp.id = w.by_id
  where (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed)))) order by a.at, a.id

--;

select t.act_id, t.what_changed_html, t.is_offered, t.hung_at, mine.id is not null, mine.agreed_at, mine.declined_at, given.on_id,
  (select coalesce(root.key, a.key) from acts_act a left join acts_act root on root.id = a.on_id and not a.in_feed
   where a.id = given.on_id and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))),
  coalesce((select json_agg(json_build_array(p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''))
                            order by p.sort_key)
   from acts_named n join people_person p on p.id = n.person_id left join people_unit u on u.id = p.unit_id
   where n.act_id = t.act_id), '[]')
from thanks_thanks t join acts_act given on given.id = t.act_id
left join thanks_receiver mine on mine.thanks_id = t.act_id and mine.person_id = 3
where t.act_id = any('{4}'::int2[])

--;

select r.act_id, r.emoji, r.by_id, split_part(p.name, ' ', 1)
from unnest('{4}'::int2[]::bigint[]) one (id)
cross join lateral (
  (select id, act_id, emoji, by_id from talk_reaction where act_id = one.id order by id limit 40)
  union (select id, act_id, emoji, by_id from talk_reaction where act_id = one.id and by_id = 3)
) r
join people_person p on p.id = r.by_id order by r.id

--;

select one.id, v.names, h.html, h.language, h.person, h.handle, h.name, h.is_placeholder, h.is_bot, h.unit
from acts_act one
cross join lateral (
  select array_agg(split_part(p.name, ' ', 1) order by c.at, c.id) as names
  from (select a.by_id, a.at, a.id from acts_act a
        where a.on_id = one.id and a.by_id <> one.by_id and not a.in_feed and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))
        order by a.at desc, a.id desc limit 8) c
  join people_person p on p.id = c.by_id
) v
left join lateral (
  select a.html, a.language, p.id as person, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, '') as unit
  from acts_act a
  join talk_comment c on c.act_id = a.id and c.helped_at is not null
  join people_person p on p.id = a.by_id left join people_unit u on u.id = p.unit_id
  where a.on_id = one.id and one.kind = any('{asked}') and not a.in_feed and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))
  order by c.helped_at, a.id limit 1
) h on true
where one.id = any('{4}'::int2[]) and v.names is not null

--;

select coalesce(bool_or(n.cause <> '/acts/8gmgr7mdtw7g/'), false), coalesce(bool_or(n.cause = '/acts/8gmgr7mdtw7g/'), false) from notices_notice n left join acts_act a on a.id = n.act_id
where n.receiver_id = 3 and n.read_at is null and n.taken_back_at is null and (n.act_id is null or (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed)))))

--;
select s."session_key", s."session_data", s."expire_date", s."person_id", s."began_at", s."device", s."key", p."id", p."password", p."handle", p."email", p."name", p."sort_key", p."roles", p."unit_id", p."is_active", p."is_placeholder", p."is_bot", p."arrived_at", p."introduction", p."helps_with", p."phone", p."hours", p."place", p."likes_to_greet", p."language", p."timezone", p."day_starts", p."day_ends", p."single_keys", p."feed_order", u."id", u."name", h."id", h."only", h."name", h."short_id", h."language", h."timezone", h."day_starts", h."day_ends", h."weekdays", h."turn_to_id", h."mail_domains", h."address", h."is_demo", h."opened_by_id", h."opened_at", h."first_link" from people_session s left join people_house h on true left join people_person p on p.id = s.person_id left join people_unit u on u.id = p.unit_id where s.session_key = '4mude1ue8uiypmu25n4wdo1k27d8h522' and s.expire_date > '2026-11-25 05:23:17.429588+00:00'::timestamptz
--;
select 
  a.id, a.key, a.kind, a.at, a.reach, a.title, a.html, a.language, a.is_imported, a.edited_at, a.withdrawn_at, a.on_id,
  p.id, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, ''), g.key, g.name, g.is_closed,
  g.archived_at, o.key, a.stirred, a.is_first
 from acts_act a 
  join people_person p on p.id = a.by_id
  left join people_unit u on u.id = p.unit_id
  left join groups_group g on g.id = a.group_id
  left join acts_act o on o.id = a.on_id
 where (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed)))) and a.key = 'h09n3u48z3wb'
--;

select r.act_id, r.emoji, r.by_id, split_part(p.name, ' ', 1)
from unnest('{2}'::int2[]::bigint[]) one (id)
cross join lateral (
  (select id, act_id, emoji, by_id from talk_reaction where act_id = one.id order by id limit 40)
  union (select id, act_id, emoji, by_id from talk_reaction where act_id = one.id and by_id = 3)
) r
join people_person p on p.id = r.by_id order by r.id

--;

select one.id, v.names, h.html, h.language, h.person, h.handle, h.name, h.is_placeholder, h.is_bot, h.unit
from acts_act one
cross join lateral (
  select array_agg(split_part(p.name, ' ', 1) order by c.at, c.id) as names
  from (select a.by_id, a.at, a.id from acts_act a
        where a.on_id = one.id and a.by_id <> one.by_id and not a.in_feed and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))
        order by a.at desc, a.id desc limit 8) c
  join people_person p on p.id = c.by_id
) v
left join lateral (
  select a.html, a.language, p.id as person, p.handle, p.name, p.is_placeholder, p.is_bot, coalesce(u.name, '') as unit
  from acts_act a
  join talk_comment c on c.act_id = a.id and c.helped_at is not null
  join people_person p on p.id = a.by_id left join people_unit u on u.id = p.unit_id
  where a.on_id = one.id and one.kind = any('{asked}') and not a.in_feed and (a.withdrawn_at is null and not a.root_withdrawn and (
  a.by_id = 3
  or a.reach = 'everyone' and true
  or a.reach <> 'group' and exists (select from acts_named n where n.act_id = a.id and n.person_id = 3)
  or a.reach = 'group' and (
    exists (select from groups_membership m where m.group_id = a.group_id and m.person_id = 3)
    or true and exists (select from groups_group g where g.id = a.group_id and not g.is_closed))))
  order by c.helped_at, a.id limit 1
) h on true
where one.id = any('{2}'::int2[]) and v.names is not null

--;
SELECT "acts_act"."id", "acts_act"."key", "acts_act"."by_id", "acts_act"."kind", "acts_act"."at", "acts_act"."on_id", "acts_act"."group_id", "acts_act"."reach", "acts_act"."in_feed", "acts_act"."title", "acts_act"."words", "acts_act"."html", "acts_act"."language", "acts_act"."edited_at", "acts_act"."answered_at", "acts_act"."is_first", "acts_act"."withdrawn_at", "acts_act"."root_withdrawn", "acts_act"."is_imported", "acts_act"."stirred", "acts_act"."touched_at", "acts_act"."once", "people_person"."id", "people_person"."password", "people_person"."handle", "people_person"."email", "people_person"."name", "people_person"."sort_key", "people_person"."roles", "people_person"."unit_id", "people_person"."is_active", "people_person"."is_placeholder", "people_person"."is_bot", "people_person"."arrived_at", "people_person"."introduction", "people_person"."helps_with", "people_person"."phone", "people_person"."hours", "people_person"."place", "people_person"."likes_to_greet", "people_person"."language", "people_person"."timezone", "people_person"."day_starts", "people_person"."day_ends", "people_person"."single_keys", "people_person"."feed_order", T4."id", T4."key", T4."by_id", T4."kind", T4."at", T4."on_id", T4."group_id", T4."reach", T4."in_feed", T4."title", T4."words", T4."html", T4."language", T4."edited_at", T4."answered_at", T4."is_first", T4."withdrawn_at", T4."root_withdrawn", T4."is_imported", T4."stirred", T4."touched_at", T4."once", "groups_group"."id", "groups_group"."key", "groups_group"."name", "groups_group"."about", "groups_group"."is_closed", "groups_group"."is_listed", "groups_group"."opened_by_id", "groups_group"."opened_at", "groups_group"."archived_at", "groups_group"."once" FROM "acts_act" INNER JOIN "people_person" ON ("acts_act"."by_id" = "people_person"."id") LEFT OUTER JOIN "groups_group" ON ("acts_act"."group_id" = "groups_group"."id") LEFT OUTER JOIN "acts_act" T4 ON ("acts_act"."on_id" = T4."id") WHERE (("acts_act"."by_id" = 3 OR ("acts_act"."reach" = 'group' AND ("acts_act"."group_id" IN (SELECT U0."group_id" AS "group" FROM "groups_membership" U0 WHERE U0."person_id" = 3) OR NOT "groups_group"."is_closed")) OR ("acts_act"."reach" = 'named' AND EXISTS(SELECT 1 AS "a" FROM "acts_named" U0 WHERE (U0."act_id" = ("acts_act"."id") AND U0."person_id" = 3) LIMIT 1)) OR "acts_act"."reach" = 'everyone') AND NOT "acts_act"."root_withdrawn" AND "acts_act"."withdrawn_at" IS NULL AND "acts_act"."key" = 'h09n3u48z3wb') ORDER BY "acts_act"."id" ASC LIMIT 1
--;
SELECT "acts_act"."id", "acts_act"."key", "acts_act"."by_id", "acts_act"."kind", "acts_act"."at", "acts_act"."on_id", "acts_act"."group_id", "acts_act"."reach", "acts_act"."in_feed", "acts_act"."title", "acts_act"."words", "acts_act"."html", "acts_act"."language", "acts_act"."edited_at", "acts_act"."answered_at", "acts_act"."is_first", "acts_act"."withdrawn_at", "acts_act"."root_withdrawn", "acts_act"."is_imported", "acts_act"."stirred", "acts_act"."touched_at", "acts_act"."once", "people_person"."id", "people_person"."password", "people_person"."handle", "people_person"."email", "people_person"."name", "people_person"."sort_key", "people_person"."roles", "people_person"."unit_id", "people_person"."is_active", "people_person"."is_placeholder", "people_person"."is_bot", "people_person"."arrived_at", "people_person"."introduction", "people_person"."helps_with", "people_person"."phone", "people_person"."hours", "people_person"."place", "people_person"."likes_to_greet", "people_person"."language", "people_person"."timezone", "people_person"."day_starts", "people_person"."day_ends", "people_person"."single_keys", "people_person"."feed_order", "groups_group"."id", "groups_group"."key", "groups_group"."name", "groups_group"."about", "groups_group"."is_closed", "groups_group"."is_listed", "groups_group"."opened_by_id", "groups_group"."opened_at", "groups_group"."archived_at", "groups_group"."once" FROM "acts_act" INNER JOIN "people_person" ON ("acts_act"."by_id" = "people_person"."id") LEFT OUTER JOIN "groups_group" ON ("acts_act"."group_id" = "groups_group"."id") WHERE "acts_act"."id" = 2 LIMIT 21 FOR NO KEY UPDATE OF "acts_act"
--;
SELECT 1 AS "a" FROM "acts_act" LEFT OUTER JOIN "groups_group" ON ("acts_act"."group_id" = "groups_group"."id") WHERE (("acts_act"."by_id" = 3 OR ("acts_act"."reach" = 'group' AND ("acts_act"."group_id" IN (SELECT U0."group_id" AS "group" FROM "groups_membership" U0 WHERE U0."person_id" = 3) OR NOT "groups_group"."is_closed")) OR ("acts_act"."reach" = 'named' AND EXISTS(SELECT 1 AS "a" FROM "acts_named" U0 WHERE (U0."act_id" = ("acts_act"."id") AND U0."person_id" = 3) LIMIT 1)) OR "acts_act"."reach" = 'everyone') AND NOT "acts_act"."root_withdrawn" AND "acts_act"."withdrawn_at" IS NULL AND "acts_act"."id" = 2) LIMIT 1
--;
SELECT "acts_act"."id", "acts_act"."key", "acts_act"."by_id", "acts_act"."kind", "acts_act"."at", "acts_act"."on_id", "acts_act"."group_id", "acts_act"."reach", "acts_act"."in_feed", "acts_act"."title", "acts_act"."words", "acts_act"."html", "acts_act"."language", "acts_act"."edited_at", "acts_act"."answered_at", "acts_act"."is_first", "acts_act"."withdrawn_at", "acts_act"."root_withdrawn", "acts_act"."is_imported", "acts_act"."stirred", "acts_act"."touched_at", "acts_act"."once" FROM "acts_act" WHERE ("acts_act"."by_id" = 3 AND "acts_act"."once" = '0123456789abcdef0123456789abcdef') ORDER BY "acts_act"."id" ASC LIMIT 1
--;
INSERT INTO "acts_act" ("key", "by_id", "kind", "at", "on_id", "group_id", "reach", "in_feed", "title", "words", "html", "language", "edited_at", "answered_at", "is_first", "withdrawn_at", "root_withdrawn", "is_imported", "stirred", "touched_at", "once") VALUES ('4xftmrupsqp5', 3, 'commented', '2026-11-25 05:23:17.442295+00:00'::timestamptz, 2, NULL, 'everyone', false, '', 'Im Keller.', '<p>Im Keller.</p>
', 'de', NULL, NULL, false, NULL, false, false, 0, '2026-11-25 05:23:17.442295+00:00'::timestamptz, '0123456789abcdef0123456789abcdef') RETURNING "acts_act"."id", "acts_act"."is_first", "acts_act"."stirred"
--;
UPDATE "acts_act" SET "stirred" = ("acts_act"."stirred" + 1) WHERE "acts_act"."id" IN (2)
--;
select pg_notify('potluck', '{"act": "4xftmrupsqp5", "what": "new", "reach": "everyone", "author": 3, "on": "h09n3u48z3wb", "by": 3, "people": [3]}')
--;
INSERT INTO "talk_comment" ("act_id", "below_id", "answers_id", "helped_at") VALUES (5, NULL, 2, NULL)
--;
SELECT "notices_preference"."person_id" AS "person" FROM "notices_preference" WHERE ("notices_preference"."mail" = 'off' AND "notices_preference"."person_id" IN (1))
--;
INSERT INTO "notices_notice" ("key", "receiver_id", "kind", "cause", "act_id", "by_id", "subject", "at", "read_at", "taken_back_at", "mail_id", "no_mail") VALUES ('mc4t836qxarp', 1, 'answered', '/acts/h09n3u48z3wb/', 5, 3, '', '2026-11-25 05:23:17.445118+00:00'::timestamptz, NULL, NULL, NULL, false) ON CONFLICT DO NOTHING
--;
select pg_notify('potluck', '{"notices": [1]}')
--;
SELECT  unnest(
  procrastinate_defer_jobs_v1(
     E'{"(mail,notices.mail_to,0,,,\\"{\\"\\"receivers\\"\\": [1]}\\",\\"2026-11-25 05:23:21.445733+00:00\\")"}'::procrastinate_job_to_defer_v1[]
  )
) AS id;
--;
SELECT "acts_mention"."id", "acts_mention"."act_id", "acts_mention"."person_id", "people_person"."id", "people_person"."password", "people_person"."handle", "people_person"."email", "people_person"."name", "people_person"."sort_key", "people_person"."roles", "people_person"."unit_id", "people_person"."is_active", "people_person"."is_placeholder", "people_person"."is_bot", "people_person"."arrived_at", "people_person"."introduction", "people_person"."helps_with", "people_person"."phone", "people_person"."hours", "people_person"."place", "people_person"."likes_to_greet", "people_person"."language", "people_person"."timezone", "people_person"."day_starts", "people_person"."day_ends", "people_person"."single_keys", "people_person"."feed_order" FROM "acts_mention" INNER JOIN "people_person" ON ("acts_mention"."person_id" = "people_person"."id") WHERE "acts_mention"."act_id" = 5
--;
UPDATE "people_session" SET "session_data" = '.eJxVjMsOwiAQRX-FzLppgNoC7jT-hRgyhamtD5oIjQvjv9saTXQxi3vunfMAh1Pu3ZTo5oYAa6ig-GUt-jPFpcDLZcElej9OMZfvzadO5WZOFPPgMQ9j3H6-_lQ9pn72qCCClCJUXs1nam50xbWWLa063VKoGmNI1ajMCjVvVMNJKEWCZKfrthOL9Eop4ZHSrNvvLTh3SmP8UgsF4wWTdcEs7GiIxDYx38dbZilTn1nActlYsHA4wPMFFXdUsA:1xW5TR:wbpNWxEpYvAjU0iWgIqHBB0AbKNgLglLisw8-U8si0k', "expire_date" = '2027-01-24 05:23:17.448247+00:00'::timestamptz, "person_id" = 3, "began_at" = '2026-11-25 05:23:17.448275+00:00'::timestamptz, "device" = '', "key" = 'c1731ce147d423d6' WHERE "people_session"."session_key" = '4mude1ue8uiypmu25n4wdo1k27d8h522'