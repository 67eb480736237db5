// The benchmarks, each one command: dotnet run -c Release --project bench -- NAME
using System.Globalization;
using Ketamine.Web.Bench;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var benchmarks = new Dictionary<string, Func<Task<int>>>(StringComparer.Ordinal)
{
    ["booking-race"] = BookingRace.RunAsync,
    ["content"] = ContentLoad.RunAsync,
    ["teach"] = Teaching.RunAsync,
    ["crisis"] = CrisisFigures.RunAsync,
    ["claims"] = ClaimsSpeed.RunAsync,
    ["search"] = SearchSpeed.RunAsync,
    ["pages"] = PageSpeed.RunAsync,
    ["start"] = StartSpeed.RunAsync,
    ["photos"] = PhotoPages.RunAsync,
    ["hostile"] = HostileLoad.RunAsync,
    ["newsletter"] = NewsletterKills.RunAsync,
    ["black-hole"] = BlackHoles.RunAsync,
    ["leads"] = LeadsSpeed.RunAsync,
    ["mixed"] = MixedSpeed.RunAsync,
    ["memory"] = MemoryUse.RunAsync,
    ["weight"] = PageWeight.RunAsync,
    ["mail"] = MailSpeed.RunAsync,
};

if (args is [var name, ..] && benchmarks.TryGetValue(name, out var benchmark)) return await benchmark();
Console.Error.WriteLine($"usage: dotnet run -c Release --project bench -- ({string.Join('|', benchmarks.Keys)})");
return 2;
