using System.Buffers.Binary;
using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Audit;

/// <summary>
/// One entry of the audit log: who did what to which subject, and when. Identifies a lead by its reference and contains nothing that a prospect wrote.
/// Database triggers reject changes and deletions, and each entry has a hash that covers its content and the previous entry's hash.
/// </summary>
public sealed class AuditEntry
{
    private AuditEntry() { }

    /// <summary>Consecutive, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>To the millisecond.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>
    /// The staff member's name at the time, or one of <see cref="AuditLog.Ops"/>, <see cref="AuditLog.Site"/>, and <see cref="AuditLog.Visitor"/>.
    /// </summary>
    public string Who { get; private set; } = "";

    /// <summary>The action, such as <c>lead-opened</c> or <c>signed-in</c>.</summary>
    public string What { get; private set; } = "";

    /// <summary>A lead's reference, a staff member's name, or a URL path; null if the action has no subject.</summary>
    public string? Subject { get; private set; }

    /// <summary>Details such as an outcome or a count. Never contains text that a person typed.</summary>
    public string? Detail { get; private set; }

    /// <summary>A keyed hash of the previous entry's hash and this entry's content.</summary>
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

    /// <summary>The hash this entry must have if the previous entry's hash is <paramref name="previous"/>.</summary>
    internal byte[] Compute(byte[] previous, KeyedHash hash)
    {
        using var content = new MemoryStream();
        void Write(ReadOnlySpan<byte> bytes)
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            content.Write(length); // length prefixes keep different fields from concatenating to the same bytes
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

/// <summary>The end of the chain, in a table with one row. Every writer locks that row, which puts entries in a single order.</summary>
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
