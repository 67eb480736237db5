using System.Buffers.Text;
using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Features.Newsletter;

/// <summary>
/// The secret that hashes addresses and signs unsubscribe links: 256 random bits, created once with the table. It is in the database, so after a
/// restore unsubscribed people are still known and sent links still work (docs/developers/decisions/newsletter.md).
/// </summary>
public sealed class NewsletterKey
{
    private const int TokenBytes = 48;
    private const int IdsBytes = 32;

    private NewsletterKey() { }

    public int Id { get; private set; }

    public byte[] Secret { get; private set; } = [];

    /// <summary>Identifies an address after it has been deleted: HMAC-SHA256, 32 bytes, the same for all spellings of one mailbox.</summary>
    public byte[] HashOf(EmailAddress address) => Mac("address", Encoding.UTF8.GetBytes(address.Normalized));

    /// <summary>The stored hash of a sign-up's code.</summary>
    public byte[] HashOf(Guid signUp, string code) => Mac("code", [.. signUp.ToByteArray(), .. Encoding.UTF8.GetBytes(code)]);

    /// <summary>The secret in a subscriber's unsubscribe link, URL-safe (64 characters): the subscriber, the issue, and a 128-bit signature.</summary>
    public string UnsubscribeToken(Guid subscriber, Guid issue)
    {
        byte[] ids = [.. subscriber.ToByteArray(), .. issue.ToByteArray()];
        return Base64Url.EncodeToString([.. ids, .. Mac("leave", ids)[..(TokenBytes - IdsBytes)]]);
    }

    /// <summary>Reads a token of <see cref="UnsubscribeToken"/>; false for anything else.</summary>
    public bool TryReadUnsubscribeToken(string? token, out Guid subscriber, out Guid issue)
    {
        (subscriber, issue) = (Guid.Empty, Guid.Empty);
        if (token?.Length != TokenBytes / 3 * 4 || !Base64Url.IsValid(token)) return false;
        var bytes = Base64Url.DecodeFromChars(token);
        var ids = bytes[..IdsBytes];
        if (!CryptographicOperations.FixedTimeEquals(bytes.AsSpan(IdsBytes), Mac("leave", ids).AsSpan(0, TokenBytes - IdsBytes))) return false;
        (subscriber, issue) = (new Guid(ids.AsSpan(0, 16)), new Guid(ids.AsSpan(16)));
        return true;
    }

    private byte[] Mac(string purpose, ReadOnlySpan<byte> data) => HMACSHA256.HashData(Secret, (byte[])[.. Encoding.ASCII.GetBytes(purpose), 0, .. data]);

    private sealed class Mapping : IEntityTypeConfiguration<NewsletterKey>
    {
        public void Configure(EntityTypeBuilder<NewsletterKey> key)
        {
            key.ToTable("NewsletterKey");
            key.Property(k => k.Id).ValueGeneratedNever();
        }
    }
}

/// <summary>Reads the key once.</summary>
public sealed class NewsletterKeys(IDbContextFactory<ClinicDb> databases)
{
    private NewsletterKey? _key;

    public async ValueTask<NewsletterKey> GetAsync(CancellationToken cancellation)
    {
        if (_key is { } known) return known;
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return _key = await db.Set<NewsletterKey>().AsNoTracking().SingleAsync(cancellation);
    }
}
