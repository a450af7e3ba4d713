import { describe, expect, it } from "vitest";
import { gestureOf } from "../src/screen/gestures.js";
import { type Box, nearestTowards } from "../src/screen/spatial.js";
import { clock, creditOfArtwork, detailsOfArtwork, tallyWords, titleOfArtwork } from "../src/screen/words.js";
import { songOfAddress, songsOfFiles, titleOf } from "../src/songs.js";

const artwork = {
  id: 1234567,
  imageUrl: "",
  genome: null,
  mood: { valence: 0, energy: 0 },
  createdAt: "",
  generator: "import",
};

describe("words", () => {
  it("name the artwork as a card on a wall does", () => {
    expect(titleOfArtwork({ ...artwork, title: " Ember Drift " })).toBe("Ember Drift");
    expect(titleOfArtwork(artwork)).toBe("Untitled");
    expect(creditOfArtwork(artwork)).toEqual([{ text: "No. 1,234,567" }]);
    expect(
      creditOfArtwork({ ...artwork, author: "A. Painter", digitalSourceType: "algorithmicMedia" }),
    ).toEqual([{ text: "No. 1,234,567" }, { text: "A. Painter" }, { text: "Made by an algorithm" }]);
  });

  it("credit an author as the licence asks, and link nothing but pages of the web", () => {
    const by = {
      ...artwork,
      licence: "https://creativecommons.org/licenses/by-sa/4.0/",
      source: "https://www.clips.test/a",
    };
    expect(creditOfArtwork(by).slice(1)).toEqual([
      { text: "CC BY-SA 4.0", href: "https://creativecommons.org/licenses/by-sa/4.0/" },
      { text: "clips.test", href: "https://www.clips.test/a" },
    ]);
    const zero = {
      ...artwork,
      licence: "http://creativecommons.org/publicdomain/zero/1.0/",
      source: "javascript:alert(1)",
    };
    expect(creditOfArtwork(zero).slice(1)).toEqual([
      { text: "CC0", href: "http://creativecommons.org/publicdomain/zero/1.0/" },
      { text: "javascript:alert(1)" },
    ]);
    expect(
      creditOfArtwork({
        ...artwork,
        licence: "CC BY 4.0",
        digitalSourceType: "trainedAlgorithmicMedia",
      }).slice(1),
    ).toEqual([{ text: "CC BY 4.0" }, { text: "Made by AI" }]);
  });

  it("name an artwork on a wall of many in one line", () => {
    expect(detailsOfArtwork({ ...artwork, author: "A. Painter", licence: "CC0" })).toBe(
      "No. 1,234,567 · A. Painter · CC0",
    );
  });

  it("keep the promise only while it holds", () => {
    expect(tallyWords({ shown: 1, repeats: 0 })).toBe("1 artwork, none twice");
    expect(tallyWords({ shown: 1200, repeats: 0 })).toBe("1,200 artworks, none twice");
    expect(tallyWords({ shown: 12, repeats: 1 })).toBe("12 artworks, 1 seen before");
  });

  it("tell the time as players do", () => {
    expect([0, 9.9, 61, 3601].map(clock)).toEqual(["0:00", "0:09", "1:01", "60:01"]);
  });
});

describe("songs of files", () => {
  it("have their file's name, tidied", () => {
    expect(titleOf("03 - War_of_freedom.ogg")).toBe("War of freedom");
    expect(titleOf("1999.mp3")).toBe("1999");
    expect(titleOf("99 Luftballons.flac")).toBe("Luftballons");
  });

  it("are only those that hold sound", () => {
    const files = [
      new File(["x"], "a.ogg"),
      new File(["x"], "b.txt", { type: "text/plain" }),
      new File(["x"], "c", { type: "audio/mpeg" }),
    ];
    expect(songsOfFiles(files).map((song) => song.title)).toEqual(["a", "c"]);
  });
});

describe("gestures", () => {
  it("tell swipes from taps, and both from scrolling", () => {
    expect(gestureOf(-80, 10)).toBe("next");
    expect(gestureOf(80, -20)).toBe("previous");
    expect(gestureOf(3, 4)).toBe("tap");
    expect(gestureOf(10, -80)).toBe("openKept");
    expect(gestureOf(-20, 80)).toBe("openHistory");
    expect(gestureOf(60, 70)).toBeNull();
    expect(gestureOf(30, 0)).toBeNull();
  });
});

describe("arrows", () => {
  const box = (left: number, top: number, width = 40, height = 40): Box => ({
    left,
    top,
    right: left + width,
    bottom: top + height,
  });
  // A slider over a row of five buttons, and a list below to the left.
  const boxes = [
    box(0, 0, 500, 20),
    box(0, 40),
    box(50, 40),
    box(100, 40),
    box(400, 40),
    box(460, 40),
    box(0, 100, 200),
    box(0, 150, 200),
  ];
  const towards = (from: number, direction: "left" | "right" | "up" | "down"): number =>
    nearestTowards(boxes[from] ?? box(0, 0), boxes, direction);

  it("walk along a row and stop at its ends", () => {
    expect(towards(1, "right")).toBe(2);
    expect(towards(3, "right")).toBe(4);
    expect(towards(4, "left")).toBe(3);
    expect(towards(5, "right")).toBe(-1);
    expect(towards(1, "left")).toBe(-1);
  });

  it("go to the slider above from every button, and down the list", () => {
    for (const button of [1, 2, 3, 4, 5]) expect(towards(button, "up")).toBe(0);
    expect(towards(2, "down")).toBe(6);
    expect(towards(6, "down")).toBe(7);
    expect(towards(7, "down")).toBe(-1);
  });

  it("prefer what lies straight ahead to what is a little nearer aside", () => {
    const [from, aside, ahead] = [box(0, 0), box(200, 50), box(0, 100)];
    expect(nearestTowards(from, [aside, ahead], "down")).toBe(1);
  });
});

describe("addresses of streams", () => {
  it("are pages of the web, named by their file or their host", () => {
    const names = ["https://radio.test/live", " http://songs.test/a/02%20-%20Two_hearts.mp3 "].map((text) =>
      songOfAddress(text),
    );
    expect(names.map((song) => [song?.title, song?.isStream])).toEqual([
      ["radio.test", true],
      ["Two hearts", true],
    ]);
    for (const text of ["", "radio", "javascript:alert(1)", "file:///etc/passwd"])
      expect(songOfAddress(text)).toBeNull();
  });
});
