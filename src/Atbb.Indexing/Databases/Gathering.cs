namespace Atbb.Indexing.Databases;

/// <summary>
/// Questions of many callers, asked together: those that come while one query is under way go into the next. Alone, a question is asked
/// at once.
/// </summary>
/// <param name="limit">How many go together at most.</param>
/// <param name="ask">Asks about several keys, each named once, and answers every one of them.</param>
sealed class Gathering<TKey, TAnswer>(int limit, Func<IReadOnlyCollection<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, TAnswer>>> ask)
    where TKey : notnull
{
    readonly Lock gate = new();
    readonly Queue<Question> waiting = new();
    bool isAsking;

    /// <summary>Asks about a key. A caller who gives up does not keep the others from their answers.</summary>
    public Task<TAnswer> AskAsync(TKey key, CancellationToken cancellationToken)
    {
        var question = new Question(key, cancellationToken);
        lock (gate)
        {
            waiting.Enqueue(question);
            if (!isAsking)
            {
                isAsking = true;
                // It goes on for others: whatever flows with this caller (a meter, a trace) must not go with it.
                ThreadPool.UnsafeQueueUserWorkItem(static gathering => _ = gathering.AskAllAsync(), this, preferLocal: false);
            }
        }

        return question.Answer.Task.WaitAsync(cancellationToken);
    }

    async Task AskAllAsync()
    {
        while (Take() is { Count: > 0 } questions)
        {
            try
            {
                var answers = await ask([.. questions.Select(question => question.Key).Distinct()], CancellationToken.None);
                foreach (var question in questions)
                    question.Answer.SetResult(answers[question.Key]);
            }
            catch (Exception e)
            {
                foreach (var question in questions)
                    question.Answer.TrySetException(e);
            }
        }
    }

    List<Question> Take()
    {
        var questions = new List<Question>();
        lock (gate)
        {
            while (questions.Count < limit && waiting.TryDequeue(out var question))
                if (!question.CancellationToken.IsCancellationRequested)
                    questions.Add(question);
            isAsking = questions.Count > 0;
        }

        return questions;
    }

    sealed record Question(TKey Key, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
