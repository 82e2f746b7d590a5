namespace Atbb.Testing.Browser;

/// <summary>There is no browser to start: install Chromium, or name its program in CHROMIUM.</summary>
public sealed class BrowserMissingException()
    : Exception("No Chromium was found: install one (apt-get install chromium), or name its program in CHROMIUM.");
