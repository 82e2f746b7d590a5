namespace Atbb.Silo.Configuration;

/// <summary>Where settings come from, later ones over earlier ones: <c>appsettings.json</c>, the environment under atBB's names, the environment, the command line.</summary>
static class SettingsLoader
{
    /// <summary>Reads all settings.</summary>
    /// <param name="commandLine">What the command line sets, by key.</param>
    /// <param name="besides">What is wrong with the command line besides.</param>
    /// <exception cref="BadSettingsException">Some of them are wrong; all that are, are named.</exception>
    public static AtbbSettings Load(IEnumerable<KeyValuePair<string, string?>> commandLine, params IEnumerable<string> besides) => Load(Read(commandLine), besides);

    /// <summary>Reads those of the admin HTTP alone, for whoever asks a process that has all the others.</summary>
    /// <inheritdoc cref="Load(IEnumerable{KeyValuePair{string, string?}}, IEnumerable{string})"/>
    public static AdminSettings LoadAdmin()
    {
        var settings = new AdminSettings();
        var faults = SettingsBinder.Bind(Read([]).GetSection("Atbb:Admin"), settings).ToList();
        return faults.Count == 0 ? settings : throw new BadSettingsException(faults);
    }

    /// <inheritdoc cref="Load(IEnumerable{KeyValuePair{string, string?}}, IEnumerable{string})"/>
    public static AtbbSettings Load(IConfiguration configuration, params IEnumerable<string> besides)
    {
        var settings = new AtbbSettings { Database = configuration.GetConnectionString("Atbb") };
        var unreadable = SettingsBinder.Bind(configuration.GetSection("Atbb"), settings).ToList();
        List<string> faults = [.. besides, .. unreadable, .. SettingsCheck.FindFaults(settings)];
        return faults.Count == 0 ? settings : throw new BadSettingsException(faults);
    }

    static IConfigurationRoot Read(IEnumerable<KeyValuePair<string, string?>> commandLine) => new ConfigurationBuilder()
        .SetBasePath(Directory.GetCurrentDirectory())
        .AddJsonFile("appsettings.json", optional: true)
        .AddInMemoryCollection(AtbbNames.Read(Environment.GetEnvironmentVariable))
        .AddEnvironmentVariables()
        .AddInMemoryCollection(commandLine)
        .Build();
}
