using Atbb.AppView;
using Microsoft.Extensions.Options;

if (args is [SiteHealth.Command, .. var rest])
    return await SiteHealth.AskAsync(rest);

try
{
    await using var app = ForumSite.Build(args);
    await app.RunAsync();
    return 0;
}
catch (OptionsValidationException e)
{
    foreach (var fault in e.Failures)
        Console.Error.WriteLine(fault);
    return 2;
}
