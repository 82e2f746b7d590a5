using System.Reflection;

namespace Atbb.Profile;

/// <summary>A method by the number that the runtime's events have for it.</summary>
static class RuntimeMethod
{
    // MethodBase.GetMethodFromHandle wants to be told the type of a generic one, which is what is to be found out. What it calls itself does not.
    static readonly MethodInfo InfoOfHandle = Internal(typeof(RuntimeMethodHandle), "GetMethodInfo", BindingFlags.Instance, 0);
    static readonly MethodInfo MethodOfInfo = Internal(typeof(object).Assembly.GetType("System.RuntimeType", throwOnError: true)!, "GetMethodBase", BindingFlags.Static, 1);

    public static MethodBase OfId(nint id) =>
        (MethodBase)MethodOfInfo.Invoke(null, [InfoOfHandle.Invoke(RuntimeMethodHandle.FromIntPtr(id), null)])!;

    static MethodInfo Internal(Type type, string name, BindingFlags kind, int parameters) =>
        Array.Find(type.GetMethods(BindingFlags.NonPublic | kind), method => method.Name == name && method.GetParameters().Length == parameters)
        ?? throw new MissingMethodException($"This runtime has no {type}.{name}: the profile needs another way to find methods.");
}
