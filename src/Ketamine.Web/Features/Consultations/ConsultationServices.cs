using Ketamine.Web.Web;

namespace Ketamine.Web.Features.Consultations;

/// <summary>Registers the booking services.</summary>
public static class ConsultationServices
{
    public static IServiceCollection AddConsultations(this IServiceCollection services) =>
        services.AddScoped<ConsultationMails>().AddScoped<BookingService>().AddScoped<TimesOff>().AddWorker<HeldCalls>();
}
