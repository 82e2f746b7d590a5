using Atbb.AppView;
using Microsoft.Extensions.Options;

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
