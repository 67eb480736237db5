using Ketamine.Content;
using Ketamine.Web.Data;
using Ketamine.Web.Mail;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Tests.Mail;

/// <summary>
/// The outbox on a real database in a separate folder, without the rest of the site. The clock is fake, and so is the transport unless a test requests the real
/// one.
/// </summary>
internal sealed class PostOffice : IAsyncDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("ketamine-mail-").FullName;
    private readonly ServiceProvider _services;

    private PostOffice(bool realTransport, (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
            {
                ["Data:Path"] = _home,
                ["Mail:From"] = "clinic@juniper.example",
                ["Mail:Staff:0"] = "staff@juniper.example",
            }.Concat(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .GroupBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase).Select(same => same.Last())).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(Log).AddFilter("Microsoft", LogLevel.Warning));
        services.AddSingleton(Keys);
        services.AddData(configuration);
        services.AddMail(configuration);
        if (!realTransport) services.Replace(ServiceDescriptor.Singleton<IMailTransport>(Mailbox));
        _services = services.BuildServiceProvider();
    }

    public static async Task<PostOffice> OpenAsync(bool realTransport = false, params (string Key, string Value)[] settings)
    {
        var office = new PostOffice(realTransport, settings);
        await ClinicDatabase.MigrateAsync(office._services, CancellationToken.None);
        return office;
    }

    /// <summary>The keys that seal its rows, for another process on the same database.</summary>
    public IDataProtectionProvider Keys { get; } = new EphemeralDataProtectionProvider();

    public FakeClock Clock { get; } = new();
    public Mailbox Mailbox { get; } = new();
    public LogLines Log { get; } = new();
    public string Folder => _home;
    public OutboxWorker Worker => _services.GetRequiredService<OutboxWorker>();
    public OutboxSignal Signal => _services.GetRequiredService<OutboxSignal>();
    public MailOptions Options => _services.GetRequiredService<IOptions<MailOptions>>().Value;

    /// <summary>A second worker on the same database, like another instance of the site.</summary>
    public OutboxWorker AnotherWorker() => ActivatorUtilities.CreateInstance<OutboxWorker>(_services, new OutboxSignal());

    public static MailDraft Draft(string to = "ada@example.com", string kind = "test") => new()
    {
        Kind = kind,
        To = EmailAddress.Parse(to),
        Subject = "We have your message",
        Body = new MailBody().Paragraph("A person will answer by tomorrow."),
    };

    public async Task<Guid> AddAsync(MailDraft draft)
    {
        await using var db = await DatabaseAsync();
        var message = OutboxMessage.From(draft, Options, Clock.GetUtcNow());
        db.Add(message);
        await db.SaveChangesAsync();
        return message.Id;
    }

    public async Task<OutboxMessage> RowAsync(Guid id)
    {
        await using var db = await DatabaseAsync();
        return await db.Set<OutboxMessage>().AsNoTracking().SingleAsync(m => m.Id == id);
    }

    /// <summary>Withdraws a lead's waiting emails, as a service does when its change makes them wrong.</summary>
    public async Task<int> WithdrawAsync(Guid lead)
    {
        await using var db = await DatabaseAsync();
        return await Outbox.WithdrawAsync(db, lead, "test", CancellationToken.None);
    }

    public async Task<OutboxHealth> HealthAsync()
    {
        await using var db = await DatabaseAsync();
        return await OutboxHealth.ReadAsync(db, Clock.GetUtcNow(), CancellationToken.None);
    }

    public Task<ClinicDb> DatabaseAsync() => _services.GetRequiredService<IDbContextFactory<ClinicDb>>().CreateDbContextAsync();

    public Task DeliverAsync() => Worker.DeliverDueAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_home, recursive: true);
    }
}

/// <summary>The rendered log messages.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}".TrimEnd());

    public void Dispose()
    {
    }
}
