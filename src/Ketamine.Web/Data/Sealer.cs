using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Ketamine.Web.Data;

/// <summary>
/// Seals what people told the clinic, so a copy of the database is useless without the keys in Keys:Path. Data Protection encrypts and authenticates
/// (AES-256-GCM); a sealed value opens only in the row that it was sealed for.
/// </summary>
public sealed class Sealer(IDataProtectionProvider protection, KeyedHash hash)
{
    private readonly IDataProtector _root = protection.CreateProtector("Sealed.v1");

    /// <summary>Creates hashes for looking up sealed values.</summary>
    public KeyedHash Hash { get; } = hash;

    /// <param name="table">The row's table.</param>
    /// <param name="row">The row's id.</param>
    /// <param name="words">Anything that can be serialized to JSON.</param>
    public byte[] Seal<T>(string table, Guid row, T words) => _root.CreateProtector(table, row.ToString("N"))
        .Protect(JsonSerializer.SerializeToUtf8Bytes(words));

    /// <summary>Opens what was sealed for this row.</summary>
    /// <exception cref="KeysLostException">The keys are missing, or the value was changed or copied from another row.</exception>
    public T Open<T>(string table, Guid row, byte[] value)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(_root.CreateProtector(table, row.ToString("N")).Unprotect(value))!;
        }
        catch (CryptographicException closed)
        {
            throw new KeysLostException(closed);
        }
    }
}

/// <summary>A row with text sealed in one column. It is opened on first access and sealed when the row is saved.</summary>
/// <typeparam name="TWords">An immutable record of the text.</typeparam>
public abstract class SealedRow<TWords> : ISealedRow where TWords : class
{
    private Sealer? _sealer;
    private TWords? _words;
    private bool _changed;

    public Guid Id { get; protected set; }

    /// <summary>The sealed text; null before the row is first saved, empty once the text has been erased.</summary>
    public byte[]? Sealed { get; private set; }

    /// <summary>The text as people wrote it.</summary>
    /// <exception cref="KeysLostException">The keys are missing.</exception>
    protected TWords Words
    {
        get => _words ??= Sealed is { Length: > 0 } ? (_sealer ?? throw new InvalidOperationException("This row was read without a sealer."))
            .Open<TWords>(Table, Id, Sealed) : Erased;
        set => (_words, _changed) = (value, true);
    }

    /// <summary>The text of a row whose text has been erased.</summary>
    protected virtual TWords Erased => throw new InvalidOperationException($"A row of {Table} has no text.");

    /// <summary>The table's name, which the seal is bound to.</summary>
    protected abstract string Table { get; }

    /// <summary>Sets the lookup columns for the sealed text; called when the row is sealed.</summary>
    protected virtual void Index(KeyedHash hash)
    {
    }

    void ISealedRow.Attach(Sealer sealer) => _sealer = sealer;

    void ISealedRow.Seal(Sealer sealer)
    {
        _sealer = sealer;
        if (!_changed) return;
        Sealed = sealer.Seal(Table, Id, _words!);
        Index(sealer.Hash);
        _changed = false;
    }
}

internal interface ISealedRow
{
    void Attach(Sealer sealer);

    void Seal(Sealer sealer);
}

/// <summary>Gives every row that is read its sealer, and seals every changed row before it is saved.</summary>
internal sealed class Sealing : SaveChangesInterceptor, IMaterializationInterceptor
{
    /// <summary>Shared by all contexts: EF Core rebuilds its services for each new instance.</summary>
    public static Sealing Instance { get; } = new();

    public object InitializedInstance(MaterializationInterceptionData materializationData, object entity)
    {
        if (entity is ISealedRow row) row.Attach(materializationData.Context.GetService<Sealer>());
        return entity;
    }

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        SealAll(eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result,
        CancellationToken cancellationToken = default)
    {
        SealAll(eventData);
        return ValueTask.FromResult(result);
    }

    private void SealAll(DbContextEventData eventData)
    {
        var db = eventData.Context!;
        foreach (var entry in db.ChangeTracker.Entries<ISealedRow>()) entry.Entity.Seal(db.GetService<Sealer>());
    }
}
