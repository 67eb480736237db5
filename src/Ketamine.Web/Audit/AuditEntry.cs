using System.Buffers.Binary;
using System.Text;
using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Audit;

/// <summary>
/// One line of the audit: who did what to what, and when. It names a lead by its reference and holds nothing that a prospect said. The database
/// refuses to change or delete a line; each carries a hash over itself and the line before.
/// </summary>
public sealed class AuditEntry
{
    private AuditEntry()
    {
    }

    /// <summary>From 1, without gaps.</summary>
    public long Number { get; private set; }

    /// <summary>To the millisecond.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>
    /// The staff member's name at the time, "ops" for the command line, "site" for the site itself, "visitor" for somebody who isn't signed in.
    /// </summary>
    public string Who { get; private set; } = "";

    /// <summary>What happened, as a word of the site's own: <c>lead-opened</c>, <c>signed-in</c>.</summary>
    public string What { get; private set; } = "";

    /// <summary>A lead's reference, a staff member's name, an address of the site; null where there is none.</summary>
    public string? Subject { get; private set; }

    /// <summary>More, in words of the site's own (an outcome, a count); never what a person typed.</summary>
    public string? Detail { get; private set; }

    /// <summary>A keyed hash over the previous line's hash and everything in this one.</summary>
    public byte[] Hash { get; private set; } = [];

    public const int MaxWhoLength = 100;
    public const int MaxWhatLength = 40;
    public const int MaxSubjectLength = 200;
    public const int MaxDetailLength = 200;

    internal static AuditEntry After(long number, byte[] previous, DateTimeOffset now, string who, string what, string? subject, string? detail, KeyedHash hash)
    {
        var entry = new AuditEntry
        {
            Number = number + 1,
            At = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()),
            Who = Cut(who, MaxWhoLength)!,
            What = what,
            Subject = Cut(subject, MaxSubjectLength),
            Detail = Cut(detail, MaxDetailLength),
        };
        entry.Hash = entry.Compute(previous, hash);
        return entry;
    }

    /// <summary>What the hash must be behind a line with the hash <paramref name="previous"/>.</summary>
    internal byte[] Compute(byte[] previous, KeyedHash hash)
    {
        using var content = new MemoryStream();
        void Write(ReadOnlySpan<byte> bytes)
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            content.Write(length); // so that no two lines read the same when their fields are strung together
            content.Write(bytes);
        }

        void WriteNumber(long value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
            Write(bytes);
        }

        Write("audit"u8);
        Write(previous);
        WriteNumber(Number);
        WriteNumber(At.ToUnixTimeMilliseconds());
        foreach (var text in new[] { Who, What, Subject, Detail })
        {
            Write(text is null ? [0] : [1]);
            Write(Encoding.UTF8.GetBytes(text ?? ""));
        }

        return hash.Of(content.ToArray());
    }

    private static string? Cut(string? text, int length) => text?.Length > length ? text[..(length - 1)] + "…" : text;

    private sealed class Mapping : IEntityTypeConfiguration<AuditEntry>
    {
        public void Configure(EntityTypeBuilder<AuditEntry> entry)
        {
            entry.ToTable("Audit");
            entry.HasKey(e => e.Number);
            entry.Property(e => e.Number).ValueGeneratedNever();
            entry.Property(e => e.Who).HasMaxLength(MaxWhoLength);
            entry.Property(e => e.What).HasMaxLength(MaxWhatLength);
            entry.Property(e => e.Subject).HasMaxLength(MaxSubjectLength);
            entry.Property(e => e.Detail).HasMaxLength(MaxDetailLength);
            entry.HasIndex(e => e.Subject);
        }
    }
}

/// <summary>Where the chain ends: the one row that everybody who writes a line locks, so that lines have one order.</summary>
internal sealed class AuditTail
{
    /// <summary>Always 1.</summary>
    public int Id { get; init; } = 1;

    public long Number { get; set; }
    public byte[] Hash { get; set; } = [];

    private sealed class Mapping : IEntityTypeConfiguration<AuditTail>
    {
        public void Configure(EntityTypeBuilder<AuditTail> tail)
        {
            tail.ToTable("AuditTail");
            tail.Property(t => t.Id).ValueGeneratedNever();
        }
    }
}
