namespace Atbb.Silo.Commands;

/// <summary>What the process's exit status means. Documented in the help and in docs/operate.md.</summary>
static class ExitCode
{
    /// <summary>The run has completed (also with records that failed: the figures say how many), or none was needed.</summary>
    public const int Completed = 0;

    /// <summary>The run has failed or was cancelled; what was asked for was not done; the service is not ready.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong; nothing was done.</summary>
    public const int BadConfiguration = 2;

    /// <summary>The database or the silo could not be started.</summary>
    public const int CannotStart = 3;

    /// <summary>No serving process answers at the address.</summary>
    public const int NotReachable = 4;

    /// <summary>The serving process asks for a token, or refuses the one given.</summary>
    public const int TokenRefused = 5;

    /// <summary>There is no such run, or the index knows no such repository.</summary>
    public const int NotFound = 6;

    /// <summary>Another run is not finished, the run has ended already, or several accounts claim the handle.</summary>
    public const int Conflict = 7;

    /// <summary>The doctor has found a problem.</summary>
    public const int Unwell = 8;

    /// <summary>Of <c>serve</c>: nobody has asked it to end. Its cluster has taken it for dead, or it was cut off from the database; start it again.</summary>
    public const int Replaced = 9;

    /// <summary>The run was paused by Ctrl-C or a signal; the same command goes on with it.</summary>
    public const int Paused = 130;

    /// <summary>As a table, for the help.</summary>
    public const string Table = """
        Exit status:
          0    completed (records that failed are counted, and listed in backfill_errors), or nothing to do
          1    the run failed or was cancelled
          2    the command line or the configuration is wrong; every fault is named
          3    the database or the silo could not be started
          130  paused by Ctrl-C; the same command goes on with the run
        """;

    /// <summary>The same for commands to a serving process.</summary>
    public const string RemoteTable = """
        Exit status:
          0    done
          1    not done: a run that was watched did not complete, a repository could not be read, the service is not ready or met an error
          2    the command line or the configuration is wrong
          4    no serving process answers at the address
          5    it asks for a token, or refuses the one given
          6    no such run, or no such repository
          7    another run is not finished, this one has ended already, or several accounts claim the handle
        """;

    /// <summary>The same for the doctor.</summary>
    public const string DoctorTable = """
        Exit status:
          0    nothing is wrong (warnings are no more than that)
          2    the command line or the configuration is wrong; every fault is named
          8    a problem was found
        """;
}
