using System.CommandLine;
using System.Globalization;

namespace Atbb.Silo.Commands;

/// <summary>An option that is a whole number between two others. Whatever else is typed is told in one sentence.</summary>
static class NumberOption
{
    public static Option<int> Create(string name, string description, int byDefault, int least = 0, int most = int.MaxValue, string helpName = "N") => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => byDefault,
        // Read here, not looked at by a validator: what is no number at all cannot be asked for its value there.
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                return number;
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name}: a whole number from {least:N0} to {most:N0} is expected, not '{text}'."));
            return byDefault;
        },
    };
}
