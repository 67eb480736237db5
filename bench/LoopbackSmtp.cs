using System.Net;
using System.Net.Sockets;

namespace Ketamine.Web.Bench;

/// <summary>A mail server on a free port of this machine, from its construction until it is disposed.</summary>
internal abstract class LoopbackSmtp : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();

    protected LoopbackSmtp()
    {
        _listener.Start(512);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Canceled once the server is disposed.</summary>
    protected CancellationToken Over => _over.Token;

    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
        _over.Dispose();
    }

    /// <summary>Serves one connection.</summary>
    protected abstract Task TalkAsync(TcpClient client);

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = TalkAsync(await _listener.AcceptTcpClientAsync(_over.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }
}
