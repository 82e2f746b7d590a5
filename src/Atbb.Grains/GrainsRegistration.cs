using Atbb.Grains.Runs;
using Atbb.Indexing.Batches;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Serialization;

namespace Atbb.Grains;

/// <summary>Brings the grains into a silo.</summary>
public static class GrainsRegistration
{
    /// <summary>Adds what the backfill's grains need besides the index and the protocol client.</summary>
    public static ISiloBuilder AddBackfillGrains(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<DatabasePatience>();

        // Batches are handed over within a silo and never copied. Should one have to travel, it does so as JSON: the index's own types
        // know nothing of Orleans.
        silo.Services.AddSerializer(serializer => serializer.AddJsonSerializer(type => type.Assembly == typeof(RecordBatch).Assembly));

        // A cancelled call is over when the repository has ended its page, not when it has been told to.
        silo.Configure<SiloMessagingOptions>(messaging => messaging.WaitForCancellationAcknowledgement = true);
        return silo;
    }
}
