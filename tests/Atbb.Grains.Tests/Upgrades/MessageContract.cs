using System.Reflection;
using Atbb.Grains.Interfaces;
using Atbb.Grains.Runs;

namespace Atbb.Grains.Tests.Upgrades;

/// <summary>All that crosses between silos and clients, as lines: a line that has been there once must not go while an older release is about.</summary>
static class MessageContract
{
    static readonly Assembly[] Assemblies = [typeof(IBackfillGrain).Assembly, typeof(BackfillGrainState).Assembly];

    /// <summary>As this release has it, in order.</summary>
    public static IReadOnlyList<string> Lines() =>
        [.. Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => AliasOf(type) is not null).SelectMany(LinesOf).Order(StringComparer.Ordinal)];

    static IEnumerable<string> LinesOf(Type type)
    {
        var alias = AliasOf(type)!;
        if (type.IsInterface)
            return type.GetMethods().Select(method =>
                $"{alias}.{method.GetCustomAttribute<AliasAttribute>()?.Alias ?? method.Name}({string.Join(", ", method.GetParameters().Select(parameter => NameOf(parameter.ParameterType)))}) : {NameOf(method.ReturnType)}");
        if (type.IsEnum)
            return Enum.GetValues(type).Cast<object>().Select(value => $"{alias} {Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)} = {value}");
        return type.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(member => member.GetCustomAttribute<IdAttribute>() is not null)
            .Select(member => $"{alias} [{member.GetCustomAttribute<IdAttribute>()!.Id}] {NameOf(member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType)}")
            .Prepend(alias);
    }

    static string NameOf(Type type) =>
        AliasOf(type) is { } alias ? alias
        : !type.IsGenericType ? type.Name
        : $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";

    // What the compiler's generator writes has aliases of its own.
    static string? AliasOf(Type type) =>
        type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) is true ? null : type.GetCustomAttributes<AliasAttribute>().FirstOrDefault()?.Alias;
}
