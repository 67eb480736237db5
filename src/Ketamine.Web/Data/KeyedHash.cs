using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Data;

/// <summary>
/// Hashes values under a secret, so that they can be compared and looked up without being readable, and can't be guessed by whoever has a copy of
/// the database alone. The secret is made on the first run and lies in the database, sealed with Data Protection: without the keys of Keys:Path it is
/// noise.
/// </summary>
public sealed class KeyedHash(IServiceProvider services, IDataProtectionProvider protection)
{
    private const string Name = "hash";
    private readonly Lock _gate = new();
    private volatile byte[]? _secret;

    /// <summary>HMAC-SHA-256 of a value; <paramref name="purpose"/> keeps an email address's hash from ever equaling a code's.</summary>
    /// <exception cref="KeysLostException">The keys that sealed the secret are gone.</exception>
    public byte[] Of(string purpose, string value) => Of(Encoding.UTF8.GetBytes($"{purpose}\0{value}"));

    /// <summary>HMAC-SHA-256 of bytes that name their own purpose.</summary>
    /// <exception cref="KeysLostException">The keys that sealed the secret are gone.</exception>
    public byte[] Of(ReadOnlySpan<byte> value) => HMACSHA256.HashData(_secret ?? Load(), value);

    /// <summary>Opens the secret, or makes it; once, when the site starts, and never within a transaction, which a second connection would wait for.</summary>
    /// <exception cref="KeysLostException">The keys that sealed the secret are gone.</exception>
    public void Open() => _ = _secret ?? Load();

    private byte[] Load()
    {
        lock (_gate)
        {
            if (_secret is { } loaded) return loaded;
            // Asked for late, because every context is made with what seals its rows, and that is made with this.
            using var db = services.GetRequiredService<IDbContextFactory<ClinicDb>>().CreateDbContext();
            var protector = protection.CreateProtector("KeyedHash.v1");
            var stored = Find(db);
            if (stored is null)
            {
                try
                {
                    db.Add(new SealedSecret { Name = Name, Value = protector.Protect(RandomNumberGenerator.GetBytes(32)) });
                    db.SaveChanges();
                }
                catch (DbUpdateException exists) when (ClinicDatabase.IsTaken(exists))
                {
                    // Another instance was first: its secret is everybody's.
                }

                stored = Find(db)!;
            }

            try
            {
                return _secret = protector.Unprotect(stored.Value);
            }
            catch (CryptographicException lost)
            {
                throw new KeysLostException(lost);
            }
        }
    }

    private static SealedSecret? Find(ClinicDb db) => db.Set<SealedSecret>().AsNoTracking().FirstOrDefault(secret => secret.Name == Name);

    /// <summary>A secret of the site's own, sealed with Data Protection.</summary>
    internal sealed class SealedSecret
    {
        public required string Name { get; init; }
        public required byte[] Value { get; init; }
    }

    private sealed class Mapping : IEntityTypeConfiguration<SealedSecret>
    {
        public void Configure(EntityTypeBuilder<SealedSecret> secret)
        {
            secret.ToTable("SealedSecrets");
            secret.HasKey(s => s.Name);
            secret.Property(s => s.Name).HasMaxLength(40);
        }
    }
}

/// <summary>What the database holds sealed can't be opened: the keys of Keys:Path are not those that sealed it.</summary>
public sealed class KeysLostException(Exception inner)
    : Exception(
        "The keys in Keys:Path can't open what this database holds. "
            + "Restore the keys folder that belongs to it from a backup; see docs/operators/operations.md, \"Sealed data\".",
        inner
    );
