-- A post with its JSON is about the size at which PostgreSQL begins to compress and move values out of the row. That costs more than the
-- whole rest of the insert, at every insert and every resolved reference, and saves next to nothing: text of a few hundred letters
-- hardly shrinks. Rows up to half a page stay as they are; larger ones are compressed as before.
alter table posts set (toast_tuple_target = 4080);
