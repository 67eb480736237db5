using System.Text.Json;
using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Leads.Crisis;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Leads;

/// <summary>Registers what keeps leads.</summary>
public static class LeadServices
{
    public static IServiceCollection AddLeads(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<LeadsOptions>()
            .Bind(configuration.GetSection("Leads"))
            .Validate(
                options => options.RetentionDays is >= 1 and <= 3650,
                $"Leads:RetentionDays is {configuration["Leads:RetentionDays"]}; a number of days from 1 to 3650 is wanted"
            )
            .Validate(
                options => options.QuarantineDays is >= 1 and <= 3650,
                $"Leads:QuarantineDays is {configuration["Leads:QuarantineDays"]}; a number of days from 1 to 3650 is wanted"
            )
            .ValidateOnStart();
        services.AddSingleton(provider =>
            new CrisisNotice(Phrases(provider.GetRequiredService<IOptions<LeadsOptions>>().Value.CrisisPhrases), MedicalEmergencies.Default));
        services.AddSingleton<ReceiptLinks>();
        services.AddSingleton<StopLinks>();
        services.AddScoped<ContactStops>();
        services.AddScoped<LeadMails>();
        services.AddScoped<LeadIntake>();
        services.AddScoped<LeadService>();
        services.AddScoped<AuditLog>();
        services.AddSingleton<AuditWatch>().AddHostedService(provider => provider.GetRequiredService<AuditWatch>());
        services.AddScoped<LeadWork>();
        services.AddSingleton(
            new UnsealedKind(
                "Leads",
                async (db, id, words, provider, cancellation) =>
                    (await db.Set<Lead>().FirstOrDefaultAsync(lead => lead.Id == id, cancellation))?.TakeIn(
                        JsonSerializer.Deserialize<LeadWords>(words)!,
                        provider.GetRequiredService<KeyedHash>()
                    )
            )
        );
        services.AddSingleton<LeadDetailInForce>();
        services.AddHostedService<LeadRetention>();
        return services;
    }

    /// <summary>The list of <paramref name="file"/>, or the site's own where none is named.</summary>
    /// <exception cref="CrisisPhrasesException">The file is not there, or something in it is wrong.</exception>
    public static CrisisPhrases Phrases(string? file)
    {
        if (file is null) return CrisisPhrases.Default;
        if (!File.Exists(file))
            throw new CrisisPhrasesException($"Leads:CrisisPhrases is {file}, where there is no file; a list like the site's own crisis-phrases.yml is wanted");
        using var list = File.OpenRead(file);
        return CrisisPhrases.Load(list, file);
    }
}
