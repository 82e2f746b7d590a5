using System.ComponentModel;
using System.Reflection;

namespace Atbb.Silo.Configuration;

/// <summary>
/// Binds configuration to settings and collects every fault: a name that does not exist, a value that cannot be read. The framework's
/// own binder passes over the first and stops at the second, so an operator would mend one at a time, or never notice.
/// </summary>
static class SettingsBinder
{
    /// <summary>Sets what the section says on <paramref name="target"/>.</summary>
    /// <returns>The faults, each beginning with its key.</returns>
    public static IEnumerable<string> Bind(IConfigurationSection section, object target)
    {
        foreach (var child in section.GetChildren())
        {
            var property = target.GetType().GetProperty(child.Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
            if (property is null)
            {
                yield return $"{child.Path}: there is no such setting. Settings here: {NamesOf(target)}.";
                continue;
            }

            foreach (var fault in Set(child, property, target))
                yield return fault;
        }
    }

    static IEnumerable<string> Set(IConfigurationSection section, PropertyInfo property, object target)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type == typeof(IList<string>))
            return SetList(section, property, target);
        if (type.Namespace!.StartsWith("Atbb.", StringComparison.Ordinal) && !type.IsEnum)
            return BindBelow(section, property.GetValue(target)!);
        return SetValue(section, property, type, target);
    }

    // Passed over, a value that was meant for one of the settings below would leave all of them at their defaults in silence. Not at the root: a variable
    // that is called ATBB may be anybody's. What the value is, is not repeated: it may be the token.
    static IEnumerable<string> BindBelow(IConfigurationSection section, object target) => section.Value is { Length: > 0 }
        ? [$"{section.Path}: a value is set where there are only settings below. Settings here: {NamesOf(target)}."]
        : Bind(section, target);

    static IEnumerable<string> SetList(IConfigurationSection section, PropertyInfo property, object target)
    {
        // A list in a file, or in one environment variable with commas.
        var items = section.Value is { } text
            ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [.. section.GetChildren().Select(item => item.Value ?? "")];
        property.SetValue(target, items.ToList());
        return [];
    }

    static IEnumerable<string> SetValue(IConfigurationSection section, PropertyInfo property, Type type, object target)
    {
        if (section.Value is not { } text)
            return [$"{section.Path}: one value is expected here, not several."];

        var name = AtbbNames.NameOf(section.Path) is { } atbbName ? $"{section.Path} ({atbbName})" : section.Path;
        if (text.Length == 0)
            return [];
        try
        {
            var value = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
            if (value is Uri { IsAbsoluteUri: false })
                return [$"{name}: '{text}' is not a URL with a scheme, such as https://example.com."];
            property.SetValue(target, value);
            return [];
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return [$"{name}: '{text}' is not {Describe(type)}."];
        }
    }

    static string NamesOf(object target) =>
        string.Join(", ", target.GetType().GetProperties().Select(p => p.Name).Order(StringComparer.Ordinal));

    static string Describe(Type type) =>
        type == typeof(TimeSpan) ? "a time such as 00:00:30"
        : type == typeof(bool) ? "true or false"
        : type == typeof(int) ? "a whole number"
        : type == typeof(double) ? "a number"
        : type == typeof(Uri) ? "a URL"
        : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : $"a {type.Name}";
}
