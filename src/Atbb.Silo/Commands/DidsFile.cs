using System.CommandLine;
using Atbb.AtProto.Syntax;
using Atbb.Silo.Configuration;

namespace Atbb.Silo.Commands;

/// <summary>The option <c>--dids</c>: a file of accounts.</summary>
static class DidsFile
{
    public static Option<FileInfo> Option(string description)
    {
        var dids = new Option<FileInfo>("--dids") { Description = description, HelpName = "FILE" };
        dids.Validators.Add(result =>
        {
            // With the folder: a relative path that is not found is most often one that is looked for elsewhere than meant.
            if (result.GetValueOrDefault<FileInfo>() is { Exists: false } file)
                result.AddError($"--dids: there is no file {file.FullName}.");
        });
        return dids;
    }

    /// <summary>The accounts in it, each once.</summary>
    /// <exception cref="BadSettingsException">Lines of it are no DIDs; all that are not, are named.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(FileInfo file)
    {
        var lines = await File.ReadAllLinesAsync(file.FullName);
        var numbered = lines.Select((text, i) => (Text: text.Trim(), Number: i + 1)).Where(l => l.Text.Length > 0 && l.Text[0] != '#').ToList();
        var faults = numbered.Where(l => !Did.TryParse(l.Text, out _)).Select(l => $"--dids {file.Name}, line {l.Number}: '{l.Text}' is not a DID (did:method:id).").ToList();
        return faults.Count == 0 ? [.. numbered.Select(l => l.Text).Distinct(StringComparer.Ordinal)] : throw new BadSettingsException(faults);
    }
}
