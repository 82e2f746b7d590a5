using System.CommandLine.Parsing;
using System.Globalization;

namespace Atbb.Silo.Commands;

/// <summary>The id of a run or an error, typed by a person. Whatever else is typed is told in one sentence.</summary>
static class TypedId
{
    /// <summary>Reads it; null where nothing is typed.</summary>
    public static long? Read(ArgumentResult typed)
    {
        if (typed.Tokens.Count == 0)
            return null;
        var text = typed.Tokens[^1].Value;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return id;
        typed.AddError($"{(typed.Parent is OptionResult option ? option.Option.Name : typed.Argument.Name)}: an id, which is a whole number, is expected, not '{text}'.");
        return null;
    }
}
