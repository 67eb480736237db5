using System.Data.Common;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace Ketamine.Web.Data;

/// <summary>
/// Limits the connections that this process opens at once, with a bounded queue. Forms have a separate queue, so a slow or locked database delays
/// only forms: SQLite blocks a thread while it waits, and a server has only so many connections. On SQLite, which has one writer at a time, transactions
/// also take turns here, forms first, instead of waiting in SQLite's busy loop; meanwhile, the next forms can read and prepare what they will write.
/// </summary>
/// <remarks>Everything that EF Core saves takes its turn; see <see cref="ClinicDb"/>. A statement outside a transaction doesn't.</remarks>
public sealed class DatabaseGate : DbConnectionInterceptor, IDbTransactionInterceptor, IDisposable
{
    /// <summary>The longest wait for a connection and a turn together.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>On SQLite, the forms that have a connection at once: one writes, and the others prepare.</summary>
    private const int FormsOnSqlite = 4;

    /// <summary>How long other work lets forms go first.</summary>
    private static readonly TimeSpan FormsFirst = TimeSpan.FromSeconds(1);

    private static readonly AsyncLocal<bool> IsForm = new();
    private static readonly ConditionalWeakTable<DbConnection, Place> Open = [];

    private readonly Lane _forms;
    private readonly Lane _others;
    private readonly SemaphoreSlim? _writing;
    private volatile string? _closed;

    /// <param name="options">The limits.</param>
    public DatabaseGate(DatabaseOptions options)
    {
        var sqlite = options.Provider is DatabaseProvider.Sqlite;
        var others = Math.Max(2, options.Connections / 3);
        _forms = new Lane(sqlite ? FormsOnSqlite : options.Connections - others, options.Queue);
        _others = new Lane(others, options.Queue);
        _writing = sqlite ? new SemaphoreSlim(1) : null;
        // Each connection may block a thread; leave enough threads for requests that don't need the database.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + _forms.Size + _others.Size + 4), completions);
    }

    /// <summary>Marks the rest of the caller's work as a visitor's form.</summary>
    public static void EnterAsForm() => IsForm.Value = true;

    /// <summary>Refuses all new connections; open ones stay open.</summary>
    /// <param name="reason">For the log.</param>
    public void Close(string reason) => _closed = reason;

    /// <inheritdoc />
    public override async ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (PlaceFor(connection) is { } place)
        {
            await place.Lane.EnterAsync(cancellationToken);
            Open.AddOrUpdate(connection, place);
        }

        return result;
    }

    /// <inheritdoc />
    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        if (PlaceFor(connection) is { } place)
        {
            place.Lane.Enter();
            Open.AddOrUpdate(connection, place);
        }

        return result;
    }

    /// <inheritdoc />
    public async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
        CancellationToken cancellationToken = default)
    {
        if (_writing is null || !Open.TryGetValue(connection, out var place) || place.Writes) return result;
        for (var waited = Stopwatch.StartNew(); place.Lane == _others && _forms.Waits && waited.Elapsed < FormsFirst;)
            await Task.Delay(10, cancellationToken);
        if (!_writing.Wait(0, cancellationToken)) await place.Lane.QueueAsync(_writing, place.Left, cancellationToken);
        return Begin(connection, eventData, place);
    }

    /// <inheritdoc />
    public InterceptionResult<DbTransaction> TransactionStarting(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result)
    {
        if (_writing is null || !Open.TryGetValue(connection, out var place) || place.Writes) return result;
        if (!_writing.Wait(0)) place.Lane.Queue(_writing, place.Left);
        return Begin(connection, eventData, place);
    }

    /// <inheritdoc />
    public override void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => Leave(connection);

    /// <inheritdoc />
    public override Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        Leave(connection);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override void ConnectionFailed(DbConnection connection, ConnectionErrorEventData eventData) => Leave(connection);

    /// <inheritdoc />
    public override Task ConnectionFailedAsync(DbConnection connection, ConnectionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Leave(connection);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override void ConnectionDisposed(DbConnection connection, ConnectionEndEventData eventData) => Leave(connection);

    /// <inheritdoc />
    public override Task ConnectionDisposedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        Leave(connection);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _forms.Dispose();
        _others.Dispose();
        _writing?.Dispose();
    }

    // Not left to EF Core, which doesn't say when it fails: the turn would last as long as the connection.
    private InterceptionResult<DbTransaction> Begin(DbConnection connection, TransactionStartingEventData starting, Place place)
    {
        place.BeginTurn(_writing!);
        try
        {
            return InterceptionResult<DbTransaction>.SuppressWithResult(connection.BeginTransaction(starting.IsolationLevel));
        }
        catch (Exception)
        {
            place.EndTurn();
            throw;
        }
    }

    // Null if it has its place already: a connection that reopens without having been closed.
    private Place? PlaceFor(DbConnection connection)
    {
        if (_closed is { } reason) throw new DatabaseBusyException(reason);
        return Open.TryGetValue(connection, out _) ? null : new Place(IsForm.Value ? _forms : _others);
    }

    private void Leave(DbConnection connection)
    {
        if (!Open.TryGetValue(connection, out var place) || !Open.Remove(connection)) return;
        place.EndTurn();
        place.Lane.Leave();
    }

    /// <summary>
    /// Makes transactions that give up their turn however they end, even if a failed save only disposes them, which no interceptor learns from EF Core.
    /// </summary>
    public sealed class Transactions(RelationalTransactionFactoryDependencies dependencies) : RelationalTransactionFactory(dependencies)
    {
        /// <inheritdoc />
        public override RelationalTransaction Create(
            IRelationalConnection connection, DbTransaction transaction, Guid transactionId,
            IDiagnosticsLogger<DbLoggerCategory.Database.Transaction> logger, bool transactionOwned
        ) => new Turn(connection, transaction, transactionId, logger, transactionOwned, Dependencies.SqlGenerationHelper);

        private sealed class Turn(
            IRelationalConnection connection, DbTransaction transaction, Guid transactionId,
            IDiagnosticsLogger<DbLoggerCategory.Database.Transaction> logger, bool transactionOwned, ISqlGenerationHelper sql
        ) : RelationalTransaction(connection, transaction, transactionId, logger, transactionOwned, sql)
        {
            protected override void ClearTransaction()
            {
                End();
                base.ClearTransaction();
            }

            protected override Task ClearTransactionAsync(CancellationToken cancellationToken = default)
            {
                End();
                return base.ClearTransactionAsync(cancellationToken);
            }

            private void End()
            {
                if (Open.TryGetValue(Connection.DbConnection, out var place)) place.EndTurn();
            }
        }
    }

    /// <summary>An open connection's place in its lane, and whether it is its turn to write.</summary>
    private sealed class Place(Lane lane)
    {
        private readonly long _asked = Stopwatch.GetTimestamp();
        private SemaphoreSlim? _turn;

        public Lane Lane => lane;

        public bool Writes => _turn is not null;

        /// <summary>How much longer it may wait.</summary>
        public TimeSpan Left => Stopwatch.GetElapsedTime(_asked) is var waited && waited < LongestWait ? LongestWait - waited : TimeSpan.Zero;

        public void BeginTurn(SemaphoreSlim turn) => _turn = turn;

        public void EndTurn() => Interlocked.Exchange(ref _turn, null)?.Release();
    }

    private sealed class Lane(int size, int queue) : IDisposable
    {
        private readonly SemaphoreSlim _places = new(size);
        private int _waiting;

        public int Size => size;

        public bool Waits => Volatile.Read(ref _waiting) > 0;

        public Task EnterAsync(CancellationToken cancellation) =>
            _places.Wait(0, cancellation) ? Task.CompletedTask : QueueAsync(_places, LongestWait, cancellation);

        public void Enter()
        {
            if (!_places.Wait(0)) Queue(_places, LongestWait);
        }

        public void Leave() => _places.Release();

        /// <summary>Waits for a place or a turn.</summary>
        /// <exception cref="DatabaseBusyException">Too many wait already, or none was free within <paramref name="atMost"/>.</exception>
        public async Task QueueAsync(SemaphoreSlim turns, TimeSpan atMost, CancellationToken cancellation)
        {
            Join();
            try
            {
                if (!await turns.WaitAsync(atMost, cancellation)) throw NoTurn();
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        /// <inheritdoc cref="QueueAsync" />
        public void Queue(SemaphoreSlim turns, TimeSpan atMost)
        {
            Join();
            try
            {
                if (!turns.Wait(atMost)) throw NoTurn();
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        public void Dispose() => _places.Dispose();

        private void Join()
        {
            if (Interlocked.Increment(ref _waiting) <= queue) return;
            Interlocked.Decrement(ref _waiting);
            throw new DatabaseBusyException($"{queue} others are already waiting for the database");
        }

        private static DatabaseBusyException NoTurn() => new($"the database wasn't free within {LongestWait.TotalSeconds:0} s");
    }
}

/// <summary>The database is too busy or closed to use. Nothing was done; the same can be retried.</summary>
public sealed class DatabaseBusyException(string message) : TimeoutException(message);

/// <summary>Marks form requests for their separate queue.</summary>
public static class FormQueue
{
    /// <summary>Database work for requests that change something waits in a separate queue.</summary>
    public static IApplicationBuilder UseFormQueue(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)) DatabaseGate.EnterAsForm();
        return next(context);
    });
}
