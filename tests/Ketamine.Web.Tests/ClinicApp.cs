using Ketamine.Content;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ketamine.Web.Tests;

/// <summary>
/// The whole site, as tests see it: real pages, real content, a real database in a folder of its own. Only the clock is a fake, and the
/// mail transport. By itself it serves the repository's sample clinic; <see cref="With"/> serves another.
/// </summary>
/// <remarks>Parts of the site add what they speak of in their own file: <c>partial class ClinicApp</c> or extension methods beside their tests.</remarks>
public partial class ClinicApp : WebApplicationFactory<Program>
{
    // What one app has examined, the others need not: the rules of wording have tests of their own.
    private static readonly string SharedCache = Directory.CreateTempSubdirectory("ketamine-test-cache-").FullName;
    private readonly string _home = Directory.CreateTempSubdirectory("ketamine-test-").FullName;
    private readonly Dictionary<string, string> _settings = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lazy<HttpClient> _http;

    public ClinicApp()
    {
        _http = new Lazy<HttpClient>(() => NewClient(cookies: false));
        Set("Content:Path", Repository.PathOf("content"));
        Set("Data:Path", Path.Combine(_home, "data"));
        Set("Content:Cache", SharedCache);
        Set("Limits:Enabled", "false");
        Set("Logs:Console", "None");
        Set("Mail:From", "clinic@juniper.example");
        Set("Mail:Staff:0", "staff@juniper.example");
    }

    /// <summary>Serves a folder of the test's own: the smallest clinic, and what <paramref name="build"/> makes of it.</summary>
    public static ClinicApp With(Action<ClinicFolder> build)
    {
        var app = new ClinicApp();
        app.Serve(build);
        return app;
    }

    /// <summary>As <see cref="With"/>, for an app that a class of tests shares: in its constructor.</summary>
    protected void Serve(Action<ClinicFolder> build)
    {
        Folder = new ClinicFolder(Path.Combine(_home, "content"));
        build(Folder);
        Set("Content:Path", Folder.Root);
    }

    public FakeClock Clock { get; } = new();

    /// <summary>The content folder of an app made by <see cref="With"/>; write to it, and the site changes.</summary>
    public ClinicFolder Folder
    {
        get => field ?? throw new InvalidOperationException("This app serves the repository's content/, which tests do not write to: use ClinicApp.With.");
        private set;
    }

    /// <summary>The site's Data:Path.</summary>
    public string DataPath => _settings["Data:Path"];

    /// <summary>A client that follows no redirect and keeps no cookie.</summary>
    public HttpClient Http => _http.Value;

    /// <summary>A client that keeps cookies, as a signed-in person's browser does, and follows no redirect.</summary>
    public HttpClient NewBrowser() => NewClient(cookies: true);

    /// <summary>Serves on a port of its own, for browsers and for whatever the test server leaves out; before the first request.</summary>
    /// <returns>Where it listens.</returns>
    public Uri Listen()
    {
        UseKestrel(0);
        StartServer();
        // The factory may look before the port is bound, and then takes the 0 that was asked for.
        var addresses = Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        Uri? bound = null;
        SpinWait.SpinUntil(
            () => (bound = addresses.Addresses.Select(address => new Uri(address)).FirstOrDefault(address => address.Port != 0)) is not null,
            TimeSpan.FromSeconds(30)
        );
        return ClientOptions.BaseAddress = bound ?? throw new InvalidOperationException("The site does not listen.");
    }

    /// <summary>Sets a configuration value (<c>Mail:LeadDetail</c>); before the first request.</summary>
    public ClinicApp Set(string key, string value)
    {
        _settings[key] = value;
        return this;
    }

    /// <summary>A configuration value that was set.</summary>
    public string Setting(string key) => _settings[key];

    /// <summary>Every line that the site has logged, as it stands in its log files.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            var logs = Path.Combine(DataPath, "logs");
            if (!Directory.Exists(logs)) return [];
            var lines = new List<string>();
            foreach (var file in Directory.EnumerateFiles(logs).Order(StringComparer.Ordinal))
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using var reader = new StreamReader(stream);
                while (reader.ReadLine() is { } line) lines.Add(line);
            }

            return lines;
        }
    }

    /// <summary>Asks something of the site's own services, in a scope of its own.</summary>
    public async Task<T> AskAsync<TService, T>(Func<TService, Task<T>> question) where TService : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        return await question(scope.ServiceProvider.GetRequiredService<TService>());
    }

    /// <summary>Does something with the site's own services, in a scope of its own.</summary>
    public Task DoAsync<TService>(Func<TService, Task> action) where TService : notnull =>
        AskAsync<TService, bool>(async service =>
        {
            await action(service);
            return true;
        });

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseEnvironment("Production");
        foreach (var (key, value) in _settings) builder.UseSetting(key, value);
        builder.ConfigureTestServices(services =>
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            ConfigureFakes(services);
        });
    }

    private HttpClient NewClient(bool cookies)
    {
        try
        {
            return CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = cookies });
        }
        catch (InvalidOperationException failure) when (new ContentFolder(_settings["Content:Path"]).Read() is { Content: null } reading)
        {
            throw new InvalidOperationException(string.Join('\n', reading.Problems.Select(problem => problem.ToMessage())), failure);
        }
    }

    partial void ConfigureFakes(IServiceCollection services);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        // A file that is still open for a moment (SQLite's, a watcher's) must not fail a test that has passed; /tmp is swept by the system.
        try
        {
            Directory.Delete(_home, recursive: true);
        }
        catch (IOException)
        {
        }

        GC.SuppressFinalize(this);
    }
}
