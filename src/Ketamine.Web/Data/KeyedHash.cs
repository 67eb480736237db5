using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Ketamine.Web.Data;

/// <summary>
/// Hashes values with a secret, so they can be compared and looked up without being readable, and can't be guessed from a copy of the database. The
/// secret is created on the first run and stored in the database, encrypted with Data Protection: without the keys in Keys:Path it is useless.
/// </summary>
public sealed class KeyedHash(IServiceProvider services, IDataProtectionProvider protection)
{
    private const string Name = "hash";
    private readonly Lock _gate = new();
    private volatile byte[]? _secret;

    /// <summary>HMAC-SHA-256 of a value. <paramref name="purpose"/> makes sure that, say, an email address and a code never have the same hash.</summary>
    /// <exception cref="KeysLostException">The keys that encrypted the secret are missing.</exception>
    public byte[] Of(string purpose, string value) => Of(Encoding.UTF8.GetBytes($"{purpose}\0{value}"));

    /// <summary>HMAC-SHA-256 of bytes that already include their purpose.</summary>
    /// <exception cref="KeysLostException">The keys that encrypted the secret are missing.</exception>
    public byte[] Of(ReadOnlySpan<byte> value) => HMACSHA256.HashData(_secret ?? Load(), value);

    /// <summary>Opens or creates the secret. Called once, at startup, and never within a transaction, which a second connection would wait for.</summary>
    /// <exception cref="KeysLostException">The keys that encrypted the secret are missing.</exception>
    public void Open() => _ = _secret ?? Load();

    private byte[] Load()
    {
        lock (_gate)
        {
            if (_secret is { } loaded) return loaded;
            // Resolved late: a context depends on the sealer, which depends on this class.
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
                    // Another instance was first: use its secret.
                }

                stored = Find(db)!;
            }

            try
            {
                return _secret = protector.Unprotect(stored);
            }
            catch (CryptographicException lost)
            {
                throw new KeysLostException(lost);
            }
        }
    }

    private static byte[]? Find(ClinicDb db) => (byte[]?)db.ReadValue($"SELECT \"Value\" FROM \"SealedSecrets\" WHERE \"Name\" = '{Name}'");

    /// <summary>One of the site's own secrets, encrypted with Data Protection.</summary>
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

/// <summary>Data in the database can't be decrypted: the keys in Keys:Path aren't the ones that encrypted it.</summary>
public sealed class KeysLostException(Exception inner)
    : Exception(
        "The keys in Keys:Path can't decrypt this database. "
            + "Restore the keys folder that belongs to it from a backup; see docs/operators/operations.md, \"Sealed data\".",
        inner
    );
