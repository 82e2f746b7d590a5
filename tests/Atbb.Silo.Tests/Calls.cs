using System.Reflection;

namespace Atbb.Silo.Tests;

/// <summary>Stands for an interface of which a test uses a call or two, and answers all of them in one way.</summary>
public class Calls : DispatchProxy
{
    Func<MethodInfo?, object?[]?, object?> answer = null!;

    /// <summary>One whose calls are answered so.</summary>
    public static T To<T>(Func<MethodInfo?, object?[]?, object?> answer)
        where T : class
    {
        var proxy = Create<T, Calls>();
        ((Calls)(object)proxy).answer = answer;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => answer(targetMethod, args);
}
