using System.Diagnostics;

namespace Atbb.Testing.Databases;

/// <summary>Where PostgreSQL's programs are, and how they are run: PostgreSQL refuses to run as root.</summary>
static class PostgresPrograms
{
    const string Detacher = "/usr/bin/setsid";

    static readonly Lazy<string?> Found = new(Find);

    /// <summary>The folder of initdb and postgres; null when there is none.</summary>
    public static string? Folder => Found.Value;

    /// <summary>A program started as a user PostgreSQL accepts.</summary>
    public static ProcessStartInfo Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
        {
            start.FileName = "runuser";
            start.ArgumentList.Add("-u");
            start.ArgumentList.Add(User);
            start.ArgumentList.Add("--");
            start.ArgumentList.Add(program);
        }
        else
        {
            start.FileName = program;
        }

        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C";
        start.WorkingDirectory = Path.GetTempPath();
        return start;
    }

    /// <summary>
    /// The same, in a session of its own: what ends a whole process group (Ctrl-C, <c>timeout</c>) would end the one who cleans up, too.
    /// </summary>
    public static ProcessStartInfo StartDetached(string program, params IEnumerable<string> arguments)
    {
        var start = Start(program, arguments);
        if (File.Exists(Detacher))
        {
            start.ArgumentList.Insert(0, start.FileName);
            start.FileName = Detacher;
        }

        return start;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {await output} {await errors}");
    }

    static string User => File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    static string? Find()
    {
        string?[] candidates =
        [
            Environment.GetEnvironmentVariable("PG_BIN"),
            FromPgConfig(),
            .. Directory.Exists("/usr/lib/postgresql")
                ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin"))
                : [],
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
        ];
        return candidates.FirstOrDefault(folder =>
            !string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    static string? FromPgConfig()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("pg_config", "--bindir") { RedirectStandardOutput = true });
            return process?.StandardOutput.ReadLine()?.Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
