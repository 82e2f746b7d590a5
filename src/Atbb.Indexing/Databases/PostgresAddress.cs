using System.Net;
using Npgsql;

namespace Atbb.Indexing.Databases;

/// <summary>A PostgreSQL database as people write it: a URL, or Npgsql's connection string. Compiled into the client too, which knows no index.</summary>
static class PostgresAddress
{
    const string GssEncryption = "GSS Encryption Mode";

    /// <summary>Reads an address.</summary>
    /// <returns>Null when the text names something else, such as a file.</returns>
    /// <exception cref="FormatException">It is one, and cannot be read; the message says why, and never repeats a password.</exception>
    public static NpgsqlConnectionStringBuilder? TryRead(string text)
    {
        var builder =
            text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase) ? FromUrl(text)
            : !text.Contains("://", StringComparison.Ordinal) && LooksLikeConnectionString(text) ? FromConnectionString(text)
            : null;

        if (builder is not null && string.IsNullOrEmpty(builder.Host))
            throw new FormatException("The PostgreSQL connection names no host.");
        // Without one, libpq and Npgsql take the user's name: a backfill into a database nobody meant.
        if (builder is not null && string.IsNullOrEmpty(builder.Database))
            throw new FormatException("The PostgreSQL connection names no database.");
        if (builder is not null)
        {
            RequireUsable(builder);
            DisableGssEncryption(builder);
        }

        return builder;
    }

    // What no keyword says alone: the driver would say it with a stack, when the first connection is made.
    static void RequireUsable(NpgsqlConnectionStringBuilder builder)
    {
        if (builder.Port > IPEndPoint.MaxPort)
            throw new FormatException($"There is no port {builder.Port}: the last is {IPEndPoint.MaxPort}.");
        try
        {
            NpgsqlDataSource.Create(builder).Dispose();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new FormatException("The parameters of the PostgreSQL connection do not go together: " + WithoutValues(e), e);
        }
    }

    // Npgsql's own default is to prefer it, for which it looks for the Kerberos library: images that hold no more than .NET have none, and each connection would log that.
    static void DisableGssEncryption(NpgsqlConnectionStringBuilder builder)
    {
        if (!builder.ShouldSerialize(GssEncryption) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PGGSSENCMODE")))
            builder.GssEncryptionMode = GssEncryptionMode.Disable;
    }

    static bool LooksLikeConnectionString(string text) =>
        text.Contains('=', StringComparison.Ordinal)
        && text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Any(part => part.Split('=', 2)[0].Trim().ToUpperInvariant() is "HOST" or "SERVER" or "DATABASE" or "USERNAME" or "USER ID" or "PORT");

    static NpgsqlConnectionStringBuilder FromConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new FormatException("The Npgsql connection string cannot be read: " + WithoutValues(e), e);
        }
    }

    static NpgsqlConnectionStringBuilder FromUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
            throw new FormatException("The postgresql:// URL cannot be read. Characters such as @ / : # in a user name or password must be percent-encoded.");

        var builder = new NpgsqlConnectionStringBuilder();
        if (url.Host.Length > 0)
            builder.Host = url.HostNameType == UriHostNameType.IPv6 ? url.Host.Trim('[', ']') : Uri.UnescapeDataString(url.Host);
        if (url.Port > 0)
            builder.Port = url.Port;

        var credentials = url.UserInfo.Split(':', 2);
        if (credentials[0].Length > 0)
            builder.Username = Uri.UnescapeDataString(credentials[0]);
        if (credentials.Length == 2)
            builder.Password = Uri.UnescapeDataString(credentials[1]);

        builder.Database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/'));

        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            var name = Uri.UnescapeDataString(parts[0]);
            Set(builder, name, parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : "");
        }

        return builder;
    }

    // The names of libpq's parameters that differ from Npgsql's keywords; Npgsql takes the rest by its own names.
    static void Set(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        var keyword = name switch
        {
            "sslmode" => "SSL Mode",
            "sslrootcert" => "Root Certificate",
            "sslcert" => "SSL Certificate",
            "sslkey" => "SSL Key",
            "sslpassword" => "SSL Password",
            "connect_timeout" => "Timeout",
            "application_name" => "Application Name",
            "options" => "Options",
            "user" => "Username",
            "password" => "Password",
            "dbname" => "Database",
            "host" => "Host",
            "port" => "Port",
            "target_session_attrs" => "Target Session Attributes",
            "gssencmode" => GssEncryption,
            "channel_binding" => "Channel Binding",
            "keepalives_idle" => "Tcp Keepalive Time",
            "search_path" => "Search Path",
            _ => name,
        };
        // libpq writes verify-full, Npgsql VerifyFull.
        if (keyword is "SSL Mode" or "Channel Binding")
            value = value.Replace("-", "", StringComparison.Ordinal);

        try
        {
            builder[keyword] = value;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException or OverflowException)
        {
            throw new FormatException($"The parameter '{name}' of the postgresql:// URL is unknown or has a bad value.", e);
        }
    }

    // Npgsql's messages name the keyword at fault; a value could be the password.
    static string WithoutValues(Exception e) => e is KeyNotFoundException or ArgumentException ? e.Message.Split('\n')[0] : e.GetType().Name;
}
