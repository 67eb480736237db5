using System.Diagnostics;
using System.Net;
using Ketamine.Web.Ops.Doctor;

namespace Ketamine.Web.Tests.Ops.Doctor;

public sealed class DnsResolverTests
{
    private static DnsResolver Resolver(params IPEndPoint[] servers) => new(servers, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));

    private static async Task<string> AskAsync(DnsResolver resolver, string name, DnsType type = DnsType.TXT)
    {
        var answer = await resolver.AskAsync(name, type, CancellationToken.None);
        return $"{answer.Outcome} {string.Join(" | ", answer.Records.Select(record => record.Value))}{answer.Why}".TrimEnd();
    }

    [Fact]
    public async Task records_are_returned_verbatim_and_a_missing_name_differs_from_a_missing_record()
    {
        await using var server = new NameServer("a.io TXT one", "a.io TXT two  three", "a.io MX 10 mail.a.io", "b.a.io AAAA 2001:db8::1");
        var resolver = Resolver(server.EndPoint);
        (await AskAsync(resolver, "A.io.")).ShouldBe("Found one | two  three");
        (await AskAsync(resolver, "a.io", DnsType.MX)).ShouldBe("Found mail.a.io");
        (await AskAsync(resolver, "b.a.io", DnsType.AAAA)).ShouldBe("Found 2001:db8::1");
        (await AskAsync(resolver, "b.a.io", DnsType.A)).ShouldBe("NoRecord");
        (await AskAsync(resolver, "c.a.io")).ShouldBe("NoName");
        (await AskAsync(resolver, "a..io")).ShouldBe("NoName");
        server.Asked.Count.ShouldBe(5);
    }

    [Fact]
    public async Task an_answer_that_does_not_fit_is_requested_over_tcp()
    {
        var text = new string('x', 1500);
        await using var server = new NameServer($"a.io TXT {text}");
        (await AskAsync(Resolver(server.EndPoint), "a.io")).ShouldBe($"Found {text}");
        server.Asked.ShouldBe(["udp a.io TXT", "tcp a.io TXT"]);
    }

    [Fact]
    public async Task a_forged_or_broken_answer_is_never_believed()
    {
        await using var server = new NameServer("a.io TXT true") { Misbehave = (_, _) => NameServer.Forged };
        (await AskAsync(Resolver(server.EndPoint), "a.io")).ShouldBeOneOf("Found true", "Failed 127.0.0.1 sent something that isn't a DNS message");
    }

    [Theory]
    [InlineData(NameServer.AliasAlone)]
    [InlineData(null)]
    public async Task aliases_are_followed_and_circular_ones_are_detected(string? misbehaviour)
    {
        await using var server = new NameServer(
            "a.io CNAME b.io",
            "b.io CNAME c.io",
            "c.io TXT end",
            "x.io CNAME y.io",
            "y.io CNAME x.io",
            "z.io CNAME gone.io"
        )
        {
            Misbehave = (_, _) => misbehaviour,
        };
        var resolver = Resolver(server.EndPoint);
        (await AskAsync(resolver, "a.io")).ShouldBe("Found end");
        (await resolver.AskAsync("a.io", DnsType.TXT, default)).Aliases.ShouldBe(["b.io", "c.io"]);
        (await AskAsync(resolver, "x.io")).ShouldBe("Failed x.io is an alias (CNAME) that points back to itself");
        (await AskAsync(resolver, "z.io")).ShouldBe("NoName");
    }

    [Fact]
    public async Task another_server_is_queried_if_one_is_silent_or_fails()
    {
        await using var silent = new NameServer { Misbehave = (_, _) => NameServer.Silence };
        await using var failing = new NameServer { Misbehave = (_, _) => NameServer.ServFail };
        await using var good = new NameServer("a.io TXT true", "b.io TXT true");
        var resolver = Resolver(silent.EndPoint, failing.EndPoint, good.EndPoint);
        (await AskAsync(resolver, "a.io")).ShouldBe("Found true");
        (await AskAsync(resolver, "b.io")).ShouldBe("Found true");
        silent.Asked.ShouldAllBe(asked => asked == "udp a.io TXT"); // the one that answers is asked first from then on
    }

    [Fact]
    public async Task all_queries_together_stay_within_the_time_limit()
    {
        await using var server = new NameServer("a.io TXT true") { Misbehave = (name, _) => name == "a.io" ? null : NameServer.Silence };
        var began = Stopwatch.StartNew();
        var resolver = new DnsResolver([server.EndPoint], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        (await AskAsync(resolver, "a.io")).ShouldBe("Found true");
        for (var i = 0; i < 50; i++) (await AskAsync(resolver, $"{i}.io")).ShouldStartWith("Failed ");
        (await AskAsync(resolver, "last.io")).ShouldBe("Failed there was no time left to ask");
        server.Asked.Count.ShouldBeLessThan(10);
        began.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task failures_name_the_server_and_the_reason()
    {
        await using var server = new NameServer("a.io TXT true") { Misbehave = (name, _) => name == "b.io" ? NameServer.Refused : NameServer.ServFail };
        (await AskAsync(Resolver(server.EndPoint), "a.io")).ShouldBe("Failed 127.0.0.1 reported a failure (SERVFAIL)");
        (await AskAsync(Resolver(server.EndPoint), "b.io")).ShouldBe("Failed 127.0.0.1 refused to answer (REFUSED)");
        (await AskAsync(Resolver(), "a.io")).ShouldBe("Failed this machine has no DNS server configured");
        IPEndPoint unused;
        await using (var gone = new NameServer()) unused = gone.EndPoint;
        (await AskAsync(Resolver(unused), "a.io")).ShouldBe("Failed 127.0.0.1 didn't answer");
    }

    [Theory]
    [InlineData("your-clinic.com", true)]
    [InlineData("_dmarc.your-clinic.com", true)]
    [InlineData("", false)]
    [InlineData("a..b", false)]
    [InlineData("a b.com", false)]
    [InlineData("münchen.de", false)]
    public void only_names_that_are_valid_in_dns_are_queried(string name, bool can)
    {
        DnsResolver.CanAsk(name).ShouldBe(can);
        DnsResolver.CanAsk($"{new string('a', 64)}.com").ShouldBeFalse();
        DnsResolver.CanAsk(string.Join('.', Enumerable.Repeat("abcdefghi", 26))).ShouldBeFalse();
    }

    [Fact]
    public void this_machine_names_its_resolvers() => DnsResolver.OfThisMachine().ShouldAllBe(server => server.Port == 53);
}
