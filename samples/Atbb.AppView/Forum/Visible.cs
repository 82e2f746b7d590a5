namespace Atbb.AppView.Forum;

/// <summary>
/// What may be shown, as SQL: the words before a query. Posts are those of this forum's topics. Of the moderators' actions on an account or a post the latest that has not expired counts, so
/// an action is taken back by its opposite.
/// </summary>
/// <remarks>
/// A lock is shown and takes nothing away: that a reply came after it is only its author's claim.
/// </remarks>
static class Visible
{
    /// <summary>Begins a query that reads <c>shown_posts</c>, <c>banned</c>, <c>locked</c> and <c>pinned</c>. Parameters: <c>@Forum</c>, its DID, and <c>@Now</c>.</summary>
    public const string Only =
        """
        with account_actions as (
            select subject_did, action, row_number() over (partition by subject_did order by created_at desc, id desc) as place
            from mod_actions
            where did = @Forum and subject_did is not null and (expires_at is null or expires_at > @Now)
              and action in ('space.atbb.modAction.ban', 'space.atbb.modAction.unban')
        ),
        banned as (
            select subject_did as did from account_actions where place = 1 and action = 'space.atbb.modAction.ban'
        ),
        post_actions as (
            select subject_post_id, action,
                   row_number() over (
                       -- Each takes back its own kind: what was hidden stays so when its deletion is taken back.
                       partition by subject_post_id, case
                           when action in ('space.atbb.modAction.lock', 'space.atbb.modAction.unlock') then 'lock'
                           when action in ('space.atbb.modAction.hide', 'space.atbb.modAction.unhide') then 'hide'
                           when action in ('space.atbb.modAction.pin', 'space.atbb.modAction.unpin') then 'pin'
                           else 'delete'
                       end
                       order by created_at desc, id desc) as place
            from mod_actions
            where did = @Forum and subject_post_id is not null and (expires_at is null or expires_at > @Now)
              and action in (
                  'space.atbb.modAction.hide', 'space.atbb.modAction.unhide', 'space.atbb.modAction.delete', 'space.atbb.modAction.undelete',
                  'space.atbb.modAction.lock', 'space.atbb.modAction.unlock', 'space.atbb.modAction.pin', 'space.atbb.modAction.unpin')
        ),
        locked as (
            select subject_post_id as id from post_actions where place = 1 and action = 'space.atbb.modAction.lock'
        ),
        pinned as (
            select subject_post_id as id from post_actions where place = 1 and action = 'space.atbb.modAction.pin'
        ),
        -- Not computed as a whole: each query looks up the few that it is about.
        shown_posts as not materialized (
            -- When is a claim too: a post that is dated later than it was read would stand above all others for good.
            select p.*, case when p.created_at < p.indexed_at then p.created_at else p.indexed_at end as shown_at
            from posts p
            where not p.deleted
              and p.did not in (select did from banned)
              and p.id not in (
                  select subject_post_id from post_actions
                  where place = 1 and action in ('space.atbb.modAction.hide', 'space.atbb.modAction.delete'))
              and not exists (select 1 from users u where u.did = p.did and u.status <> 'active')
              -- A member's repository holds what they write in every forum, and is in the index as a whole. A reply is where its topic is: what it says of its forum is a claim.
              and exists (
                  select 1 from posts t
                  where t.id = coalesce(p.root_post_id, p.id)
                    and t.root_uri is null
                    and (t.forum_id in (select id from forums where did = @Forum) or t.board_id in (select id from boards where did = @Forum)))
        )
        """;
}
