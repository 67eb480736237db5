using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Ketamine.Web.Data;

/// <summary>
/// Limits the connections that this process opens at once, with a bounded queue. Forms have a separate queue, so a slow or locked database delays
/// only forms: SQLite blocks a thread while it waits, and a server has only so many connections.
/// </summary>
public sealed class DatabaseGate : DbConnectionInterceptor, IDisposable
{
    /// <summary>The longest wait for a connection.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private static readonly AsyncLocal<bool> IsForm = new();

    private readonly ConditionalWeakTable<DbConnection, Lane> _open = [];
    private readonly Lane _forms;
    private readonly Lane _others;
    private volatile string? _closed;

    /// <param name="options">The limits.</param>
    public DatabaseGate(DatabaseOptions options)
    {
        var others = Math.Max(2, options.Connections / 3);
        // SQLite allows one writer at a time anyway. Forms that queue here are served in order, instead of waiting in its busy loop.
        _forms = options.Provider is DatabaseProvider.Sqlite ? new Lane(1, options.Queue) : new Lane(options.Connections - others, options.Queue);
        _others = new Lane(others, options.Queue);
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
        var lane = LaneOf(connection);
        if (lane is not null)
        {
            await lane.EnterAsync(cancellationToken);
            _open.AddOrUpdate(connection, lane);
        }

        return result;
    }

    /// <inheritdoc />
    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        var lane = LaneOf(connection);
        if (lane is not null)
        {
            lane.Enter();
            _open.AddOrUpdate(connection, lane);
        }

        return result;
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
    }

    private Lane? LaneOf(DbConnection connection)
    {
        if (_closed is { } reason) throw new DatabaseBusyException(reason);
        // A connection that reopens without having been closed already has its place.
        return _open.TryGetValue(connection, out _) ? null : IsForm.Value ? _forms : _others;
    }

    private void Leave(DbConnection connection)
    {
        if (_open.TryGetValue(connection, out var lane) && _open.Remove(connection)) lane.Leave();
    }

    private sealed class Lane(int size, int queue) : IDisposable
    {
        private readonly SemaphoreSlim _turns = new(size);
        private int _waiting;

        public int Size => size;

        public async Task EnterAsync(CancellationToken cancellation)
        {
            if (_turns.Wait(0, cancellation)) return;
            Queue();
            try
            {
                if (!await _turns.WaitAsync(LongestWait, cancellation)) throw NoTurn();
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        public void Enter()
        {
            if (_turns.Wait(0)) return;
            Queue();
            try
            {
                if (!_turns.Wait(LongestWait)) throw NoTurn();
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        public void Leave() => _turns.Release();

        public void Dispose() => _turns.Dispose();

        private void Queue()
        {
            if (Interlocked.Increment(ref _waiting) <= queue) return;
            Interlocked.Decrement(ref _waiting);
            throw new DatabaseBusyException($"{queue} others are already waiting for the database");
        }

        private static DatabaseBusyException NoTurn() => new($"no database connection was free within {LongestWait.TotalSeconds:0} s");
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
