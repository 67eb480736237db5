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
/// The whole site for a test: real pages, real content, and a real database in a temporary folder. Only the clock and the mail transport are
/// fakes. It serves the repository's sample clinic; <see cref="With"/> serves another.
/// </summary>
/// <remarks>Each part of the site adds its own steps in a separate file: <c>partial class ClinicApp</c>, or extension methods next to its tests.</remarks>
public partial class ClinicApp : WebApplicationFactory<Program>
{
    // Apps share the examined sentences, because the wording rules have separate tests.
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

    /// <summary>Serves a folder made for the test: the smallest clinic, with the changes that <paramref name="build"/> makes.</summary>
    public static ClinicApp With(Action<ClinicFolder> build)
    {
        var app = new ClinicApp();
        app.Serve(build);
        return app;
    }

    /// <summary>As <see cref="With"/>, for an app that a class of tests shares. Call it in the constructor.</summary>
    protected void Serve(Action<ClinicFolder> build)
    {
        Folder = new ClinicFolder(Path.Combine(_home, "content"));
        build(Folder);
        Set("Content:Path", Folder.Root);
    }

    public FakeClock Clock { get; } = new();

    /// <summary>The content folder of an app made by <see cref="With"/>; the site follows what a test writes to it.</summary>
    public ClinicFolder Folder
    {
        get => field ?? throw new InvalidOperationException("This app serves the repository's content/, which tests do not write to: use ClinicApp.With.");
        private set;
    }

    /// <summary>The site's Data:Path.</summary>
    public string DataPath => _settings["Data:Path"];

    /// <summary>A client that doesn't follow redirects or keep cookies.</summary>
    public HttpClient Http => _http.Value;

    /// <summary>A client that keeps cookies, like a signed-in person's browser, and doesn't follow redirects.</summary>
    public HttpClient NewBrowser() => NewClient(cookies: true);

    /// <summary>Listens on a free port, for browsers and for everything that the in-memory test server leaves out. Call it before the first request.</summary>
    /// <returns>The address it listens on.</returns>
    public Uri Listen()
    {
        UseKestrel(0);
        StartServer();
        // The factory may read the address before the port is bound, and then gets the requested port, 0.
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

    /// <summary>Every line in the site's log files.</summary>
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

    /// <summary>Gets a value from one of the site's services, in a new scope.</summary>
    public async Task<T> UseAsync<TService, T>(Func<TService, Task<T>> question) where TService : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        return await question(scope.ServiceProvider.GetRequiredService<TService>());
    }

    /// <summary>Uses one of the site's services, in a new scope.</summary>
    public Task UseAsync<TService>(Func<TService, Task> action) where TService : notnull =>
        UseAsync<TService, bool>(async service =>
        {
            await action(service);
            return true;
        });

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseEnvironment("Production");
        foreach (var (key, value) in _settings) builder.UseSetting(key, value);
        if (!_settings.ContainsKey("Database:Provider")) EmptyDatabase.CopyTo(DataPath);
        builder.ConfigureTestServices(services =>
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            SharedDatabaseModel.Use(services);
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
        // A file that is still open for a moment (SQLite's, a watcher's) must not fail a test that has passed; the system cleans up /tmp.
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
