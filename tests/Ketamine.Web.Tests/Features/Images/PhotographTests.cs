using System.Net;
using System.Text;
using ImageMagick;
using Ketamine.Content;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;

namespace Ketamine.Web.Tests.Features.Images;

/// <summary>Photographs go in as a phone makes them, and come out upright, small, and without a location.</summary>
public sealed class PhotographTests(PhotographTests.Room room) : IClassFixture<PhotographTests.Room>
{
    // The picture at the top of a page, on a phone. Six of them and the page fit within 350 KB.
    private const int MostBytes = 50_000;

    /// <summary>A site with a large photograph, whose sizes take seconds to make.</summary>
    public sealed class Room : ClinicApp
    {
        public Room() => Serve(folder => Fill(folder, "room.jpg"));
    }

    [Fact]
    public Task a_large_photograph_is_served_upright_without_metadata_in_three_formats_and_the_widths_of_its_slot() =>
        IsServedInItsSizesAsync(room, "room.jpg", 3000, 4000);

    [Theory]
    [InlineData("print.jpg", 900, 600)]
    [InlineData("phone.heic", 960, 640)]
    public async Task a_photograph_is_served_upright_without_metadata_in_three_formats_and_the_widths_of_its_slot(string file, int width, int height)
    {
        await using var app = With(file);
        await IsServedInItsSizesAsync(app, file, width, height);
    }

    private static async Task IsServedInItsSizesAsync(ClinicApp app, string file, int width, int height)
    {
        var page = await app.GetPageAsync("/");
        var picture = page.One(".hero__picture picture");
        var sources = picture.QuerySelectorAll("source, img").Select(source => source.GetAttribute("srcset")!).ToList();
        sources.Count.ShouldBe(3);
        foreach (var candidate in sources.SelectMany(set => set.Split(", ")))
        {
            var (path, wide) = (candidate.Split(' ')[0], int.Parse(candidate.Split(' ')[1].TrimEnd('w')));
            using var made = await Made(app, path);
            ((int)made.Width).ShouldBe(wide, path);
            ((double)made.Width / made.Height).ShouldBe(1.5, 0.02, path);
            made.GetExifProfile().ShouldBeNull(path);
            made.GetXmpProfile().ShouldBeNull(path);
            made.GetIptcProfile().ShouldBeNull(path);
            made.Comment.ShouldBeNull(path);
            made.ColorSpace.ShouldBe(ColorSpace.sRGB, path);
        }

        using var whole = await Made(app, $"/images/{file}");
        ((int)whole.Width).ShouldBe(Math.Min(1600, width));
        ((double)whole.Width / whole.Height).ShouldBe((double)width / height, 0.01);
        var raw = await app.Http.GetByteArrayAsync($"/images/{file}");
        Encoding.Latin1.GetString(raw).ShouldNotContain("Exif");
        Encoding.Latin1.GetString(raw).ShouldNotContain("Phone maker");
    }

    [Fact]
    public async Task a_photograph_within_a_text_is_offered_in_the_sizes_of_the_column_uncropped()
    {
        await using var app = ClinicApp.With(folder =>
        {
            folder.Write("images/LICENSES.md", "");
            Fill(folder, "print.jpg");
            folder.Write("pages/rooms.md", "---\ntitle: Our rooms\n---\nHere they are.\n\n![A room with a window](print.jpg)\n");
        });
        var picture = (await app.GetPageAsync("/rooms")).One(".prose picture, main picture");
        picture.QuerySelectorAll("source").Select(source => source.GetAttribute("type")).ShouldBe(["image/avif", "image/webp"]);
        var image = picture.QuerySelector("img").ShouldNotBeNull();
        image.GetAttribute("alt").ShouldBe("A room with a window");
        image.GetAttribute("srcset").ShouldNotBeNull().ShouldContain("/whole-480.jpg 480w");
        using var made = await Made(app, image.GetAttribute("src")!);
        ((double)made.Width / made.Height).ShouldBe(1.5, 0.02);
    }

    [Fact]
    public async Task a_sideways_photograph_is_turned_so_that_its_white_corner_is_where_it_was_seen()
    {
        using var whole = await Made(room, "/images/room.jpg");
        // In the file, the corner is at the top left. After a quarter turn, it is at the top right.
        using var pixels = whole.GetPixels();
        Brightness(pixels, (int)whole.Width - 5, 5).ShouldBeGreaterThan(200);
        Brightness(pixels, 5, 5).ShouldBeLessThan(200);
        Brightness(pixels, 5, (int)whole.Height - 5).ShouldBeLessThan(200);

        static int Brightness(IPixelCollection<byte> pixels, int x, int y) =>
            pixels.GetPixel(x, y).ToColor() is { } color ? (color.R + color.G + color.B) / 3 : 0;
    }

    [Fact]
    public async Task the_focal_point_stays_in_the_crop()
    {
        // Upright, it is 3000 × 4000 with the white corner at the top right. A 3:2 crop of the middle cuts it off.
        await using var app = With("room.jpg", "room.jpg:\n  alt: The room with the window\n  focus: 90% 0%\n");
        var image = (await app.GetPageAsync("/")).One(".hero__picture img");
        image.GetAttribute("alt").ShouldBe("The room with the window");
        using var crop = await Made(app, image.GetAttribute("src")!);
        using var pixels = crop.GetPixels();
        var color = pixels.GetPixel((int)crop.Width - 5, 5).ToColor()!;
        ((color.R + color.G + color.B) / 3).ShouldBeGreaterThan(200);
    }

    [Fact]
    public async Task a_photograph_in_the_width_of_a_phone_is_served_within_its_budget()
    {
        await using var app = With("room.jpg", "room.jpg: {alt: A room, focus: 30% 30%}\n");
        var page = await app.GetPageAsync("/");
        var path = page.One(".hero__picture source[type='image/avif']").GetAttribute("srcset")!.Split(", ")[1].Split(' ')[0];
        using (await Made(app, path)) { }
        using var response = await app.Http.GetAsync(path);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("image/avif");
        (await response.Content.ReadAsByteArrayAsync()).Length.ShouldBeLessThan(MostBytes);
    }

    [Fact]
    public async Task a_finished_size_is_cached_forever_and_an_unoffered_size_is_not_made()
    {
        await using var app = With("phone.heic");
        var src = (await app.GetPageAsync("/")).One(".hero__picture img").GetAttribute("src")!;
        using (await Made(app, src)) { }
        using var ready = await app.Http.GetAsync(src);
        ready.Headers.CacheControl!.ToString().ShouldContain("immutable");
        ready.Headers.ETag.ShouldNotBeNull();
        (await app.Http.GetAsync(src.Replace("720", "721", StringComparison.Ordinal))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await app.Http.GetAsync(src.Replace(".jpg", ".exe", StringComparison.Ordinal))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task a_page_with_a_new_photograph_is_complete_while_not_one_of_its_sizes_is_made()
    {
        await using var app = new WithoutWorker();
        var page = await app.GetPageAsync("/");
        page.QuerySelectorAll(".hero__picture source[srcset], .hero__picture img[width][height]").Length.ShouldBe(3);
        Directory.Exists(Path.Combine(app.DataPath, "photos")).ShouldBeFalse("the page asked for nothing to be made");
    }

    [Theory]
    [InlineData("screen.png")]
    [InlineData("drawing.webp")]
    public async Task a_picture_that_is_served_as_it_is_loses_its_metadata_and_none_of_its_pixels(string file)
    {
        var source = Tagged(file.EndsWith("png", StringComparison.Ordinal) ? MagickFormat.Png : MagickFormat.WebP);
        await using var app = ClinicApp.With(folder =>
        {
            folder.Write("images/LICENSES.md", "");
            File.WriteAllBytes(Path.Combine(folder.Root, "images", file), source);
        });
        var served = await app.Http.GetByteArrayAsync("/images/" + file);
        foreach (var word in new[] { "Exif", "eXIf", "EXIF", "Phone maker", "at home", "tEXt" }) Encoding.Latin1.GetString(served).ShouldNotContain(word);
        using var before = new MagickImage(source);
        using var after = new MagickImage(served);
        before.GetExifProfile().ShouldNotBeNull();
        after.GetExifProfile().ShouldBeNull();
        after.Compare(before, ErrorMetric.Absolute).ShouldBe(0);
    }

    [Fact]
    public void content_check_warns_of_photographs_without_words_or_too_small_and_says_what_pages_weigh()
    {
        var folder = new ClinicFolder(Directory.CreateTempSubdirectory("ketamine-photos-").FullName);
        Directory.CreateDirectory(Path.Combine(folder.Root, "images"));
        using (var small = new MagickImage("gradient:orange-navy", 500, 400))
            File.WriteAllBytes(Path.Combine(folder.Root, "images", "small.jpg"), small.ToByteArray(MagickFormat.Jpeg));
        folder.Write("clinic.yml", "name: Juniper House\nurl: https://juniper.clinic\ntimeZone: America/Denver\n");
        folder.Write("pages/home.md", "---\ntitle: Home\nimage: small.jpg\nimageAlt: \"\"\n---\nWords.\n\n![](small.jpg)\n");
        var output = new StringWriter();
        Ketamine.Content.Editing.ContentCheck.Run(folder.Root, output);
        var told = output.ToString();
        told.ShouldContain("pages/home.md:3: warning: imageAlt: \"small.jpg\" is a photograph without alternative text");
        told.ShouldContain("pages/home.md:8: warning: image: \"small.jpg\" is a photograph without alternative text");
        told.ShouldContain("images/small.jpg is 500 pixels wide, and a phone shows 720 here");
        told.ShouldContain(" KB  / (1 picture)");
        folder.Write("images.yml", "small.jpg: {alt: A room}\n");
        output = new StringWriter();
        Ketamine.Content.Editing.ContentCheck.Run(folder.Root, output);
        output.ToString().ShouldNotContain("without alternative text");
    }

    /// <summary>A site that never makes photograph sizes.</summary>
    private sealed class WithoutWorker : ClinicApp
    {
        public WithoutWorker() => Serve(folder =>
        {
            Directory.CreateDirectory(Path.Combine(folder.Root, "images"));
            File.WriteAllBytes(Path.Combine(folder.Root, "images", "room.jpg"), Photo());
            folder.Write("pages/home.md", "---\ntitle: Home\nimage: room.jpg\nimageAlt: A room\n---\nWords.\n");
        });

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureTestServices(services =>
                services.Remove(services.Single(service => service.ImplementationType == typeof(AfterFirstPage<PhotoWorker>)))
            );
        }
    }

    private static byte[] Tagged(MagickFormat format)
    {
        using var image = new MagickImage("gradient:orange-navy", 60, 40);
        var exif = new ExifProfile();
        exif.SetValue(ExifTag.Make, "Phone maker");
        exif.SetValue(ExifTag.GPSLatitudeRef, "N");
        image.SetProfile(exif);
        image.Comment = "at home";
        image.Settings.SetDefine(MagickFormat.WebP, "lossless", true);
        return image.ToByteArray(format);
    }

    [Fact]
    public void a_text_that_cannot_be_previewed_is_refused_with_its_name_and_the_reason()
    {
        var root = Directory.CreateTempSubdirectory("ketamine-photos-").FullName;
        var folder = new ClinicFolder(root);
        Directory.CreateDirectory(Path.Combine(root, "images"));
        var photo = Photo();
        File.WriteAllBytes(Path.Combine(root, "images", "half.jpg"), photo[..(photo.Length / 2)]);
        File.WriteAllBytes(Path.Combine(root, "images", "half.heic"), Heic()[..700]);
        File.WriteAllBytes(Path.Combine(root, "images", "bomb.png"), Bomb());
        folder.Write("images/script.svg", """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><script>alert(1)</script></svg>""");
        folder.Write("images.yml", "gone.jpg: {focus: 40% 30%}\nscript.svg: {focus: left}\n");

        var told = ContentFolder.Read(root).Problems.Select(problem => problem.ToMessage()).ToList();
        told.ShouldContain(line => line.StartsWith("images/half.jpg", StringComparison.Ordinal) && line.Contains("is incomplete"));
        told.ShouldContain(line => line.StartsWith("images/half.heic", StringComparison.Ordinal) && line.Contains("is incomplete"));
        told.ShouldContain(line => line.StartsWith("images/bomb.png", StringComparison.Ordinal) && line.Contains("10000 × 10000 pixels"));
        told.ShouldContain(line => line.StartsWith("images/script.svg", StringComparison.Ordinal) && line.Contains("<script>"));
        told.ShouldContain(line => line.StartsWith("images.yml", StringComparison.Ordinal) && line.Contains("no such picture"));
        Directory.Delete(root, recursive: true);
    }

    private static ClinicApp With(string file, string? notes = null) => ClinicApp.With(folder => Fill(folder, file, notes));

    private static void Fill(ClinicFolder folder, string file, string? notes = null)
    {
        Directory.CreateDirectory(Path.Combine(folder.Root, "images"));
        File.WriteAllBytes(Path.Combine(folder.Root, "images", file), file switch { "phone.heic" => Heic(), "print.jpg" => Print(), _ => Photo() });
        folder.Write("pages/home.md", $"---\ntitle: Home\nimage: {file}\nimageAlt: A room\n---\nWords.\n");
        if (notes is null) return;
        folder.Write("images.yml", notes);
        folder.Replace("pages/home.md", "imageAlt: A room\n", "imageAlt: \"\"\n");
    }

    /// <summary>A size once it is ready. Until then, the site sends the nearest one, which must not be cached.</summary>
    private static async Task<MagickImage> Made(ClinicApp app, string path)
    {
        for (var tries = 0; ; tries++)
        {
            using var response = await app.Http.GetAsync(path);
            if (response.StatusCode == HttpStatusCode.OK && response.Headers.CacheControl?.NoStore != true)
                return new MagickImage(await response.Content.ReadAsByteArrayAsync());
            tries.ShouldBeLessThan(1200, path);
            await Task.Delay(50);
        }
    }

    // As a phone held upright stores it: 4000 × 3000 pixels, on its side, with the location of someone's home.
    private static byte[] Photo()
    {
        using var image = new MagickImage("gradient:#803020-#102040", 4000, 3000);
        using var corner = new MagickImage(MagickColors.White, 1200, 1200);
        image.Composite(corner, 0, 0, CompositeOperator.Over);
        image.Orientation = Orientation.RightTop;
        var exif = new ExifProfile();
        exif.SetValue(ExifTag.Orientation, (ushort)6);
        exif.SetValue(ExifTag.Make, "Phone maker");
        exif.SetValue(ExifTag.GPSLatitudeRef, "N");
        exif.SetValue(ExifTag.GPSLatitude, [new Rational(39), new Rational(45), new Rational(0)]);
        image.SetProfile(exif);
        image.Comment = "at home";
        image.Quality = 92;
        return image.ToByteArray(MagickFormat.Jpeg);
    }

    private static byte[] Print()
    {
        using var image = new MagickImage("gradient:orange-navy", 900, 600);
        image.ColorSpace = ColorSpace.CMYK;
        return image.ToByteArray(MagickFormat.Jpeg);
    }

    // A PNG of a few hundred bytes that claims 10,000 × 10,000 pixels.
    private static byte[] Bomb()
    {
        using var image = new MagickImage(MagickColors.White, 10_000, 1);
        var bytes = image.ToByteArray(MagickFormat.Png);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), 10_000);
        return bytes;
    }

    // Magick.NET can read HEIC but not write it. heif-enc made this one, with a phone's name and location in its Exif.
    private static byte[] Heic() => File.ReadAllBytes(Repository.PathOf("tests/Ketamine.Web.Tests/Features/Images/photo.heic"));
}
