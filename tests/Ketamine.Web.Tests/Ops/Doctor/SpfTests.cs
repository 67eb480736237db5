using System.Net;
using Ketamine.Web.Ops.Doctor;

namespace Ketamine.Web.Tests.Ops.Doctor;

public sealed class SpfTests
{
    private static async Task<SpfWalk> FollowAsync(string record, params string[] zone)
    {
        await using var server = new NameServer(zone);
        var dns = new DnsResolver([server.EndPoint], TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20));
        return await SpfWalk.FollowAsync(dns, "a.io", SpfRecord.Parse(record), CancellationToken.None);
    }

    [Theory]
    [InlineData("v=spf1 ip4:192.0.2.0/24 -all", "192.0.2.77", "Pass")]
    [InlineData("v=spf1 ip4:192.0.2.129/25 -all", "192.0.2.77", "Fail")]
    [InlineData("v=spf1 ip4:192.0.2.77 ~all", "192.0.2.78", "SoftFail")]
    [InlineData("v=spf1 ip6:2001:db8::/33 -all", "2001:db8:7fff::1", "Pass")]
    [InlineData("v=spf1 ip6:2001:db8::/33 -all", "2001:db8:8000::1", "Fail")]
    [InlineData("v=spf1 ip4:192.0.2.0/24", "198.51.100.1", "Neutral")]
    [InlineData("v=spf1 a -all", "192.0.2.1", "Pass")]
    [InlineData("V=SPF1 A:mail.a.io/24 -ALL", "192.0.2.200", "Pass")]
    [InlineData("v=spf1 a:mail.a.io/24//64 -all", "2001:db8::ffff", "Pass")]
    [InlineData("v=spf1 a//64 -all", "192.0.2.1", "Pass")]
    [InlineData("v=spf1 mx -all", "192.0.2.2", "Pass")]
    [InlineData("v=spf1 mx:b.io -all", "192.0.2.2", "Fail")]
    [InlineData("v=spf1 include:b.io -all", "198.51.100.1", "Pass")]
    [InlineData("v=spf1 include:b.io ~all", "203.0.113.1", "SoftFail")] // the included -all says only that it does not match
    [InlineData("v=spf1 ?include:b.io -all", "198.51.100.1", "Neutral")]
    [InlineData("v=spf1 -ip4:192.0.2.1 +all", "192.0.2.1", "Fail")]
    [InlineData("v=spf1 redirect=b.io", "198.51.100.1", "Pass")]
    [InlineData("v=spf1 redirect=b.io", "203.0.113.1", "Fail")]
    [InlineData("v=spf1 ~all redirect=b.io", "203.0.113.1", "SoftFail")]
    [InlineData("v=spf1 exists:%{i}.b.io -all", "203.0.113.1", "Unknown")]
    [InlineData("v=spf1 exists:%{i}.b.io ip4:203.0.113.1 -all", "203.0.113.1", "Pass")]
    public async Task an_address_is_judged_the_way_receivers_judge_it(string record, string address, string result)
    {
        SpfRecord.Is(record).ShouldBeTrue();
        var walk = await FollowAsync(
            record,
            "a.io A 192.0.2.1",
            "a.io MX 10 mail.a.io",
            "mail.a.io A 192.0.2.2",
            "mail.a.io AAAA 2001:db8::1",
            "b.io TXT v=spf1 ip4:198.51.100.0/24 -all",
            "b.io TXT other"
        );
        walk.Evaluate(IPAddress.Parse(address)).ToString().ShouldBe(result);
        walk.Broken.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("v=spf1 ip4:300.1.1.1 -all")]
    [InlineData("v=spf1 ip4:1.2.3 -all")]
    [InlineData("v=spf1 ip4:1.2.3.4/33 -all")]
    [InlineData("v=spf1 ip4 -all")]
    [InlineData("v=spf1 ip6:1.2.3.4 -all")]
    [InlineData("v=spf1 include -all")]
    [InlineData("v=spf1 include: -all")]
    [InlineData("v=spf1 inlcude:b.io -all")]
    [InlineData("v=spf1 ipv4:1.2.3.4 -all")]
    [InlineData("v=spf1 all/8")]
    [InlineData("v=spf1 a:b..io -all")]
    [InlineData("v=spf1 redirect=b.io redirect=b.io")]
    [InlineData("v=spf1 b.io -all")]
    public void a_record_that_no_receiver_can_read_is_a_mistake(string record) => SpfRecord.Parse(record).Mistakes.ShouldHaveSingleItem();

    [Theory]
    [InlineData("v=spf10 -all")]
    [InlineData("\"v=spf1 -all\"")]
    [InlineData("v=spf1,a -all")]
    public void a_record_that_only_looks_like_spf_does_not_count(string text) => SpfRecord.Is(text).ShouldBeFalse();

    [Fact]
    public async Task lookups_are_counted_through_everything_that_is_included()
    {
        string[] zone =
        [
            "b.io TXT v=spf1 a:x.io mx:x.io include:c.io -all", "c.io TXT v=spf1 exists:x.io ptr ip4:192.0.2.1 -all", "x.io A 192.0.2.9",
            "x.io MX 10 x.io",
        ];
        var ten = await FollowAsync("v=spf1 include:b.io a:x.io a:x.io a:x.io a:x.io ip4:192.0.2.5 ~all a:never.io", zone);
        ten.Lookups.ShouldBe(10);
        ten.Broken.ShouldBeEmpty();
        ten.Includes("C.io").ShouldBeTrue();
        ten.Includes("x.io").ShouldBeFalse();
        var eleven = await FollowAsync("v=spf1 include:b.io a:x.io a:x.io a:x.io a:x.io redirect=c.io", zone);
        eleven.Broken.ShouldHaveSingleItem().ShouldStartWith("It needs 13 lookups");
    }

    [Fact]
    public async Task circular_includes_and_names_without_a_record_break_a_record()
    {
        (await FollowAsync("v=spf1 include:b.io -all", "b.io TXT v=spf1 include:a.io -all"))
            .Broken.ShouldHaveSingleItem()
            .ShouldBe("\"include:a.io\" is circular: a.io > b.io > a.io.");
        (await FollowAsync("v=spf1 include:b.io -all", "b.io TXT v=spf1 include:b.io -all")).Broken.ShouldHaveSingleItem().ShouldContain("b.io > b.io");
        (await FollowAsync("v=spf1 include:b.io -all", "b.io TXT nothing"))
            .Broken.ShouldHaveSingleItem()
            .ShouldBe("\"include:b.io\" names b.io, which has no SPF record.");
        (await FollowAsync("v=spf1 redirect=b.io", "b.io TXT v=spf1 -all", "b.io TXT v=spf1 +all"))
            .Broken.ShouldHaveSingleItem()
            .ShouldContain("more than one");
        (await FollowAsync("v=spf1 include:b.io -all", "b.io TXT v=spf1 ip4:x -all"))
            .Broken.ShouldHaveSingleItem()
            .ShouldBe("In the record of b.io, \"ip4:x\" can't be read.");
        (await FollowAsync("v=spf1 a:x.io a:y.io -all", "b.io TXT x")).Broken.ShouldBeEmpty();
        (await FollowAsync("v=spf1 a:x.io a:y.io mx:z.io -all", "b.io TXT x"))
            .Broken.ShouldHaveSingleItem()
            .ShouldStartWith("3 of its names have no record");
    }

    [Fact]
    public async Task a_record_with_endless_includes_is_abandoned_in_time()
    {
        var wide = Enumerable.Range(0, 40).Select(i => $"n{i}.io TXT v=spf1 {string.Join(' ', Enumerable.Range(0, 40).Select(j => $"include:n{j}.io"))} -all");
        var walk = await FollowAsync("v=spf1 include:n0.io -all", [.. wide]);
        walk.Broken.ShouldContain(why => why.StartsWith("It needs 25 or more", StringComparison.Ordinal));
    }
}
