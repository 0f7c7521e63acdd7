/** The search over the classes: queries and their suggestions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openLab, stage } from "./support/stage.mjs";

const { withPage } = stage();

test("names before parts, everyday words, and misspellings only where nothing else is found", async () => {
  await withPage(async (page) => {
    await openLab(page);
    const offered = async (typed) => {
      await page.fill("#class", typed);
      return page.$$eval("#classes li", (all) =>
        all.map((item) =>
          item.dataset.class === undefined ? `(${item.textContent})` : item.querySelector("bdi").textContent,
        ),
      );
    };
    const car = await offered("car");
    assert.ok(car.includes("sports car") && car.includes("race car"), car.join());
    const whole = car.filter((name) => ` ${name} `.includes(" car "));
    assert.deepEqual(car.slice(0, whole.length), whole, "whole words come first");
    const corgi = car.findIndex((name) => /corgi/i.test(name));
    assert.ok(corgi < 0 || corgi >= whole.length, car.join());

    const person = await offered("person");
    assert.deepEqual(person.slice(0, 3), ["baseball player", "bridegroom", "scuba diver"]);
    assert.match(person.at(-1), /People are not among its classes/);
    assert.ok(!person.some((name) => /prison|Persian/.test(name)), person.join());

    const house = await offered("house");
    assert.equal(house[0], "house finch", "a whole word");
    assert.ok(house.includes("greenhouse") && house.includes("mobile home"), house.join());

    assert.equal((await offered("CORN"))[0], "corn", "the whole name, whatever its case");
    assert.equal((await offered("corgi")).length, 2);
    assert.deepEqual(await offered("gaint panda"), ["giant panda"], "two letters exchanged");
    assert.deepEqual(await offered("tabbi"), ["tabby cat"]);
    assert.deepEqual(await offered("xylograph"), ["(None of its classes has that in its name.)"]);
    assert.equal((await offered("sofa"))[0], "couch");
  });
});

test("every class that an everyday word stands for is one of the network's", async () => {
  await withPage(async (page) => {
    await openLab(page);
    for (const [word, count] of Object.entries({
      person: 3,
      automobile: 6,
      lorry: 4,
      aeroplane: 3,
      motorcycle: 2,
      telly: 1,
      fridge: 1,
      trousers: 1,
      pistol: 3,
      puppy: 3,
      kitten: 3,
      ocean: 4,
    })) {
      await page.fill("#class", word);
      const found = await page.locator("#classes li[data-class]").count();
      assert.ok(found >= count, `${word}: ${found} of ${count}`);
    }
  });
});
