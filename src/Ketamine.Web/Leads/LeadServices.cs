using Ketamine.Web.Audit;
using Ketamine.Web.Data;
using Ketamine.Web.Leads.Crisis;
using Ketamine.Web.Web;

namespace Ketamine.Web.Leads;

/// <summary>Registers the services for leads.</summary>
public static class LeadServices
{
    public static IServiceCollection AddLeads(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<LeadsOptions>()
            .Bind(configuration.GetSection("Leads"))
            .Validate(
                options => options.RetentionDays is >= 1 and <= 3650,
                $"Leads:RetentionDays is {configuration["Leads:RetentionDays"]}; use a number of days from 1 to 3650")
            .Validate(
                options => options.QuarantineDays is >= 1 and <= 3650,
                $"Leads:QuarantineDays is {configuration["Leads:QuarantineDays"]}; use a number of days from 1 to 3650")
            .Validate(
                options => PhrasesProblem(options.CrisisPhrases) is null,
                PhrasesProblem(configuration["Leads:CrisisPhrases"]) ?? "")
            .ValidateOnStart();
        services.AddSingleton(provider =>
            new CrisisNotice(Phrases(provider.GetRequiredService<IOptions<LeadsOptions>>().Value.CrisisPhrases), MedicalEmergencies.Default));
        services.AddSingleton<ReceiptLinks>();
        services.AddSingleton<StopLinks>();
        services.AddScoped<ContactStops>();
        services.AddScoped<LeadMails>();
        services.AddSingleton<LeadQueries>();
        services.AddScoped<LeadIntake>();
        services.AddScoped<LeadService>();
        services.AddScoped<AuditLog>();
        services.AddWorker<AuditWatch>();
        services.AddScoped<LeadWork>();
        services.AddSingleton(
            UnsealedKind.Of<Lead, LeadWords>("Leads", (lead, words, provider) => lead.TakeIn(words, provider.GetRequiredService<KeyedHash>())));
        services.AddSingleton<EffectiveLeadDetail>();
        services.AddWorker<LeadRetention>();
        return services;
    }

    // Found only when the first person writes, it would turn everyone away.
    private static string? PhrasesProblem(string? file)
    {
        try
        {
            if (file is not null) _ = Phrases(file);
            return null;
        }
        catch (CrisisPhrasesException wrong)
        {
            return wrong.Message;
        }
    }

    /// <summary>The list in <paramref name="file"/>, or the built-in one if none is named.</summary>
    /// <exception cref="CrisisPhrasesException">The file doesn't exist or has errors.</exception>
    public static CrisisPhrases Phrases(string? file)
    {
        if (file is null) return CrisisPhrases.Default;
        if (!File.Exists(file))
            throw new CrisisPhrasesException($"Leads:CrisisPhrases is {file}, which doesn't exist; use a list like the built-in crisis-phrases.yml");
        using var list = File.OpenRead(file);
        return CrisisPhrases.Load(list, file);
    }
}
