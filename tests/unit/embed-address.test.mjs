/** What the address of `embed.html` may ask for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { imported } from "./support/typescript.mjs";

const { readAddress } = await imported("embed/read.ts");

const values = (search) => readAddress(new URL(`https://host.test/candling/embed.html${search}`));

test("a photo is enough: all else has a value of its own", () => {
  const read = values("?src=/photo.jpg");
  assert.equal(read.get("src"), "/photo.jpg");
  assert.equal(read.get("target"), "top");
  assert.equal(read.get("method"), "grad-cam");
});

test("a value has no spaces around it", () => {
  assert.equal(values("?src=/photo.jpg&target=%20tabby%20").get("target"), "tabby");
});

test("photos come from the frame's own origin, over https, or from this machine", () => {
  for (const src of [
    "a.jpg",
    "https://elsewhere.test/a.jpg",
    "http://localhost:8000/a.jpg",
    "http://127.0.0.1/a.jpg",
  ])
    assert.equal(values(`?src=${encodeURIComponent(src)}`).get("src"), src);
});

for (const src of [
  "http://elsewhere.test/a.jpg",
  "https://user:secret@elsewhere.test/a.jpg",
  "javascript:alert(1)",
  "data:image/png;base64,AA==",
  "file:///etc/passwd",
]) {
  test(`no photo is asked for at ${src}`, () => {
    assert.throws(() => values(`?src=${encodeURIComponent(src)}`), /^Error: The parameter src is /);
  });
}

test("without a photo there is nothing to show", () => {
  assert.throws(() => values(""), /The parameter src is .*; it is missing\.$/);
});

test("a parameter that there is not is refused, with those that there are", () => {
  assert.throws(
    () => values("?src=/a.jpg&colour=red"),
    /There is no parameter “colour”; there are src, alt, /,
  );
});

test("a parameter is given once", () => {
  assert.throws(
    () => values("?src=/a.jpg&src=/b.jpg"),
    /The parameter src is given once; it was given 2 times\./,
  );
});

test("a number is one from 0 to 1", () => {
  assert.equal(values("?src=/a.jpg&opacity=.5").get("opacity"), ".5");
  for (const opacity of ["1.1", "-1", "1e-1", "half"])
    assert.throws(() => values(`?src=/a.jpg&opacity=${opacity}`), /The parameter opacity is /);
});

test("what is repeated in an error is cut", () => {
  assert.throws(
    () => values(`?src=/a.jpg&method=${"m".repeat(900)}`),
    (error) => error.message.length < 400 && error.message.includes(`“${"m".repeat(80)}…”`),
  );
});
