using Ketamine.Web.Web;

namespace Ketamine.Web.Tests.Web;

public sealed class AcceptEncodingTests
{
    [Theory]
    [InlineData("gzip, deflate, br, zstd", 1f, 1f)]
    [InlineData("br;q=0.5, gzip;q=0.8", 0.5f, 0.8f)]
    [InlineData("br; q=0, gzip", 0f, 1f)]
    [InlineData("*", 1f, 1f)]
    [InlineData("*;q=0", 0f, 0f)]
    [InlineData("gzip, *;q=0", 0f, 1f)]
    [InlineData("x-gzip", 0f, 1f)]
    [InlineData("BR ;Q=0.25", 0.25f, 0f)]
    [InlineData("", 0f, 0f)]
    [InlineData("brotli, gzipped", 0f, 0f)]
    [InlineData("br;q=9, gzip;q=nonsense", 1f, 1f)]
    public void the_header_says_which_encodings_are_accepted_and_preferred(string header, float brotli, float gzip)
    {
        var read = AcceptEncoding.Read(header);
        read.Brotli.ShouldBe(brotli);
        read.Gzip.ShouldBe(gzip);
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("", true)]
    [InlineData("*;q=0", false)]
    [InlineData("identity;q=0", false)]
    [InlineData("identity;q=0.5, *;q=0", true)]
    public void uncompressed_bytes_are_acceptable_unless_refused(string header, bool welcome) =>
        (AcceptEncoding.Read(header).Identity > 0).ShouldBe(welcome);
}
