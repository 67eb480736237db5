namespace Ketamine.Web.Leads;

/// <summary>Registers what keeps leads.</summary>
public static class LeadServices
{
    public static IServiceCollection AddLeads(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LeadsOptions>().Bind(configuration.GetSection("Leads"))
            .Validate(options => options.RetentionDays is >= 1 and <= 3650, $"Leads:RetentionDays is {configuration["Leads:RetentionDays"]}; a number of days from 1 to 3650 is wanted")
            .Validate(options => options.QuarantineDays is >= 1 and <= 3650, $"Leads:QuarantineDays is {configuration["Leads:QuarantineDays"]}; a number of days from 1 to 3650 is wanted")
            .ValidateOnStart();
        services.AddScoped<LeadMails>();
        services.AddScoped<LeadIntake>();
        services.AddScoped<LeadDesk>();
        services.AddHostedService<LeadRetention>();
        return services;
    }
}
