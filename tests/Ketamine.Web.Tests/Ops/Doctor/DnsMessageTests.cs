using System.Diagnostics;
using Ketamine.Web.Ops.Doctor;

namespace Ketamine.Web.Tests.Ops.Doctor;

/// <summary>What comes from the network is anybody's bytes: it is read, or refused, and nothing else.</summary>
public sealed class DnsMessageTests
{
    private static readonly byte[] Header = [0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
    private static readonly byte[] Question = [1, (byte)'a', 2, (byte)'i', (byte)'o', 0, 0, 16, 0, 1];

    [Fact]
    public void a_name_may_point_back_to_one_before()
    {
        byte[] message = [.. Header, .. Question, 0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 9, 0, 7, 3, (byte)'o', (byte)'n', (byte)'e', 2, (byte)'!', 0];
        DnsMessage.TryRead(message, out var read).ShouldBeTrue();
        read!.Id.ShouldBe((ushort)7);
        read.Answers.ShouldBe([new DnsRecord("a.io", DnsType.TXT, "one!\0")]);
    }

    [Theory]
    [InlineData(new byte[] { 0xc0, 22 })] // at itself
    [InlineData(new byte[] { 0xc0, 24, 0xc0, 22 })] // forward, and back again
    [InlineData(new byte[] { 1, (byte)'x', 0xc0, 22 })] // back to its own beginning
    [InlineData(new byte[] { 0xc0 })]
    [InlineData(new byte[] { 0xff, 0xff })]
    [InlineData(new byte[] { 0x80, 1 })]
    [InlineData(new byte[] { 63, 1 })]
    public void a_name_that_runs_in_circles_or_off_the_end_is_refused(byte[] name) =>
        DnsMessage.TryRead([.. Header, .. Question, .. name, 0, 16, 0, 1, 0, 0, 0, 9, 0, 0], out _).ShouldBeFalse();

    [Theory]
    [InlineData(new byte[] { 0, 0, 16, 0, 1, 0, 0, 0, 9, 0, 9, 1 })] // longer than the message
    [InlineData(new byte[] { 0, 0, 16, 0, 1, 0, 0, 0, 9, 0, 2, 200, 1 })] // a string longer than its record
    [InlineData(new byte[] { 0, 0, 1, 0, 1, 0, 0, 0, 9, 0, 3, 1, 2, 3 })] // an address of three bytes
    [InlineData(new byte[] { 0, 0, 15, 0, 1, 0, 0, 0, 9, 0, 1, 1 })] // an MX without a name
    [InlineData(new byte[] { 0, 0, 5, 0, 1, 0, 0, 0, 9, 0, 1, 3, 1, 1, 1, 0 })] // an alias that reads on past its record
    [InlineData(new byte[] { })]
    public void a_record_that_is_not_what_its_length_says_is_refused(byte[] record) =>
        DnsMessage.TryRead([.. Header, .. Question, .. record], out _).ShouldBeFalse();

    [Fact]
    public async Task whatever_comes_is_read_or_refused_soon()
    {
        await using var server = new NameServer("a.io TXT v=spf1 ~all", "a.io TXT second", "a.io MX 10 mail.a.io", "www.a.io CNAME a.io");
        List<byte[]> seeds = [.. from name in new[] { "a.io", "www.a.io" } from type in new[] { DnsType.TXT, DnsType.MX } select server.Reply(DnsMessage.Ask(1, name, type, edns: true))];
        foreach (var seed in seeds)
        {
            DnsMessage.TryRead(seed, out var whole).ShouldBeTrue();
            whole!.Answers.ShouldNotBeEmpty();
        }

        var random = new Random(20261121);
        var began = Stopwatch.StartNew();
        var read = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var message = (byte[])seeds[i % seeds.Count].Clone();
            for (var edits = random.Next(1, 5); edits > 0; edits--) message[random.Next(message.Length)] = (byte)(random.Next(3) == 0 ? 0xc0 | random.Next(4) : random.Next(256));
            if (DnsMessage.TryRead(message.AsSpan(0, random.Next(4) == 0 ? random.Next(message.Length) : message.Length), out var answer))
            {
                read++;
                foreach (var record in answer.Answers) Math.Max(record.Owner.Length, record.Value.Length).ShouldBeLessThan(4 * 255);
            }
        }

        read.ShouldBeInRange(20_000, 190_000);
        began.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        var noise = new byte[300];
        for (var i = 0; i < 50_000; i++)
        {
            random.NextBytes(noise);
            DnsMessage.TryRead(noise.AsSpan(0, random.Next(noise.Length)), out _);
        }
    }

    [Theory]
    [InlineData("your-clinic.com", true)]
    [InlineData("_dmarc.your-clinic.com", true)]
    [InlineData("", false)]
    [InlineData("a..b", false)]
    [InlineData("a b.com", false)]
    [InlineData("münchen.de", false)]
    public void only_what_dns_can_hold_is_asked(string name, bool can)
    {
        DnsMessage.CanAsk(name).ShouldBe(can);
        DnsMessage.CanAsk($"{new string('a', 64)}.com").ShouldBeFalse();
        DnsMessage.CanAsk(string.Join('.', Enumerable.Repeat("abcdefghi", 26))).ShouldBeFalse();
    }
}
