from convzoo.presets import built_in, enlarging_presets, perceptual_partner


def test_each_scale_has_its_fastest_faithful_preset():
    found = enlarging_presets()
    assert found[4] == "sr_x4_tiny"
    sharp = perceptual_partner("sr_x4_base")
    for name, preset in built_in("SRGenerator").items():
        chosen = built_in()[found[preset.config["scale"]]]
        assert chosen.name != sharp
        counts = [p.metadata["parameter_count"] for p in (chosen, preset)]
        assert name == sharp or counts == sorted(counts)
    assert list(found) == sorted(found)


def test_presets_of_other_scales_are_found(monkeypatch):
    tiny = built_in()["sr_x4_tiny"]

    class Fake:
        def __init__(self, name, scale, count):
            self.name, self.config = name, {"scale": scale}
            self.metadata = {"parameter_count": count}

    fakes = {
        each.name: each
        for each in (tiny, Fake("a", 2, 9), Fake("b", 2, 7), Fake("c", 3, 8))
    }
    names = enlarging_presets.__globals__
    monkeypatch.setitem(names, "built_in", lambda _: fakes)
    assert enlarging_presets() == {2: "b", 3: "c", 4: "sr_x4_tiny"}
