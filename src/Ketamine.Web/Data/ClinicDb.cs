using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Ketamine.Web.Data;

/// <summary>
/// The clinic's one database. It declares no DbSets: each feature maps its own entities in an
/// <see cref="IEntityTypeConfiguration{TEntity}"/> next to them, and gets them with <c>db.Set&lt;T&gt;()</c>.
/// </summary>
public sealed class ClinicDb : DbContext
{
    /// <param name="options">The engine, and how to reach it.</param>
    public ClinicDb(DbContextOptions<ClinicDb> options) : base(options) =>
        // A single statement too, so that it takes its turn; see DatabaseGate.
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(ClinicDb).Assembly);

    /// <inheritdoc />
    /// <remarks>
    /// Instants are stored as UTC <see cref="DateTime"/>: SQLite can't compare or order a DateTimeOffset, and PostgreSQL's timestamptz accepts
    /// only UTC.
    /// </remarks>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcInstant>();

    private sealed class UtcInstant() : ValueConverter<DateTimeOffset, DateTime>(
        instant => instant.UtcDateTime,
        stored => new DateTimeOffset(DateTime.SpecifyKind(stored, DateTimeKind.Utc), TimeSpan.Zero));
}
