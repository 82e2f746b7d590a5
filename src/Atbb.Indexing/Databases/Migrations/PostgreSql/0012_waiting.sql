-- References that wait for their target, by a number made of its URI. The URIs themselves, a hundred bytes each that mostly begin alike, made these
-- indexes cost as much as all the others of a new post together.
drop index categories_forum_waiting;
create index categories_forum_waiting on categories (hashtextextended(forum_uri, 0)) where forum_id is null and forum_uri is not null;
drop index boards_category_waiting;
create index boards_category_waiting on boards (hashtextextended(category_uri, 0)) where category_id is null and category_uri is not null;
drop index mod_actions_subject_post_waiting;
create index mod_actions_subject_post_waiting on mod_actions (hashtextextended(subject_post_uri, 0)) where subject_post_id is null and subject_post_uri is not null;
drop index memberships_forum_waiting;
create index memberships_forum_waiting on memberships (hashtextextended(forum_uri, 0)) where forum_id is null and forum_uri is not null;
drop index memberships_role_waiting;
create index memberships_role_waiting on memberships (hashtextextended(role_uri, 0)) where role_id is null and role_uri is not null;
drop index posts_forum_waiting;
create index posts_forum_waiting on posts (hashtextextended(forum_uri, 0)) where forum_id is null and forum_uri is not null;
drop index posts_board_waiting;
create index posts_board_waiting on posts (hashtextextended(board_uri, 0)) where board_id is null and board_uri is not null;
drop index posts_root_waiting;
create index posts_root_waiting on posts (hashtextextended(root_uri, 0)) where root_post_id is null and root_uri is not null;
drop index posts_parent_waiting;
create index posts_parent_waiting on posts (hashtextextended(parent_uri, 0)) where parent_post_id is null and parent_uri is not null;
