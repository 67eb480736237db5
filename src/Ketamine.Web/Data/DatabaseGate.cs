using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Ketamine.Web.Data;

/// <summary>
/// How many connections this process has open at a time, with a bounded queue in front. Forms queue apart from everything else, so that a database
/// that is slow or locked holds up forms alone: SQLite blocks a thread for as long as it waits, and a server has only so many connections.
/// </summary>
public sealed class DatabaseGate : DbConnectionInterceptor, IDisposable
{
    /// <summary>How long anyone waits for a turn.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private static readonly AsyncLocal<bool> IsForm = new();

    private readonly ConditionalWeakTable<DbConnection, Lane> _open = [];
    private readonly Lane _forms;
    private readonly Lane _others;
    private volatile string? _closed;

    /// <param name="options">Sizes.</param>
    public DatabaseGate(DatabaseOptions options)
    {
        var others = Math.Max(2, options.Connections / 3);
        // SQLite has one writer at a time anyway: forms that take turns here don't wait in its busy loop, and come first come first served.
        _forms = options.Provider is DatabaseProvider.Sqlite ? new Lane(1, options.Queue) : new Lane(options.Connections - others, options.Queue);
        _others = new Lane(others, options.Queue);
        // Each turn may block a thread; beside them must be enough for requests that ask nothing of the database.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + _forms.Size + _others.Size + 4), completions);
    }

    /// <summary>Marks what the caller goes on to run as a visitor's form.</summary>
    public static void EnterAsForm() => IsForm.Value = true;

    /// <summary>Refuses every connection from here on; what is open stays open.</summary>
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
        // A connection that reopens without having been closed has its turn already.
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
            throw new DatabaseBusyException($"{queue} others wait for the database already");
        }

        private static DatabaseBusyException NoTurn() => new($"no turn at the database within {LongestWait.TotalSeconds:0} s");
    }
}

/// <summary>Too many want the database, or it may not be used. Nothing was done, and the same may be tried again.</summary>
public sealed class DatabaseBusyException(string message) : TimeoutException(message);

/// <summary>Puts the forms into their queue.</summary>
public static class FormQueue
{
    /// <summary>What a request that changes something asks of the database waits apart from everything else.</summary>
    public static IApplicationBuilder UseFormQueue(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)) DatabaseGate.EnterAsForm();
        return next(context);
    });
}
