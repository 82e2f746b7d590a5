using Atbb.Profile;

/// <summary>
/// What the runtime calls before the program: https://github.com/dotnet/runtime/blob/main/docs/design/features/host-startup-hook.md (the name and the lack of a namespace are the runtime's).
/// When the program ends, what had to be compiled in it is written as a profile.
/// </summary>
static class StartupHook
{
    public static void Initialize()
    {
        // Where the profile is to be put. A process that the program starts inherits the hook, and is not the one that is meant.
        const string variable = "ATBB_PROFILE";
        if (Environment.GetEnvironmentVariable(variable) is not { } path)
            return;

        Environment.SetEnvironmentVariable(variable, null);
        var compiled = new CompiledMethods();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            ProfileWriter.Write(path, compiled.All());
            compiled.Dispose();
        };
    }
}
