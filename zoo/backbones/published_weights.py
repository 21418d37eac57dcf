"""Published files with the weights of the networks of `keras.applications`.

Without their classifiers. Keras publishes the MD5 or the SHA-256 of a file, and
of MobileNet and MobileNetV2 nothing.
"""

from convzoo.losses.trunk_files import PublishedFile

_KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/"
_EFFICIENT = "https://storage.googleapis.com/keras-applications/"

PUBLISHED: dict[str, PublishedFile] = {
    "convnext_tiny": PublishedFile(
        f"{_KERAS}convnext/",
        "convnext_tiny_notop.h5",
        "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
        parameters=27_820_128,
    ),
    "convnext_small": PublishedFile(
        f"{_KERAS}convnext/",
        "convnext_small_notop.h5",
        "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab",
        parameters=49_454_688,
    ),
    "convnext_base": PublishedFile(
        f"{_KERAS}convnext/",
        "convnext_base_notop.h5",
        "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45",
        parameters=87_566_464,
    ),
    "convnext_large": PublishedFile(
        f"{_KERAS}convnext/",
        "convnext_large_notop.h5",
        "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd",
        parameters=196_230_336,
    ),
    "convnext_xlarge": PublishedFile(
        f"{_KERAS}convnext/",
        "convnext_xlarge_notop.h5",
        "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05",
        parameters=348_147_968,
    ),
    "densenet121": PublishedFile(
        f"{_KERAS}densenet/",
        "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "30ee3e1110167f948a6b9946edeeb738",
        parameters=7_037_504,
    ),
    "densenet169": PublishedFile(
        f"{_KERAS}densenet/",
        "densenet169_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "b8c4d4c20dd625c148057b9ff1c1176b",
        parameters=12_642_880,
    ),
    "densenet201": PublishedFile(
        f"{_KERAS}densenet/",
        "densenet201_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "c13680b51ded0fb44dff2d8f86ac8bb1",
        parameters=18_321_984,
    ),
    "efficientnet_b0": PublishedFile(
        _EFFICIENT,
        "efficientnetb0_notop.h5",
        "50bc09e76180e00e4465e1a485ddc09d",
        parameters=4_049_571,
    ),
    "efficientnet_b1": PublishedFile(
        _EFFICIENT,
        "efficientnetb1_notop.h5",
        "74c4e6b3e1f6a1eea24c589628592432",
        parameters=6_575_239,
    ),
    "efficientnet_b2": PublishedFile(
        _EFFICIENT,
        "efficientnetb2_notop.h5",
        "111f8e2ac8aa800a7a99e3239f7bfb39",
        parameters=7_768_569,
    ),
    "efficientnet_b3": PublishedFile(
        _EFFICIENT,
        "efficientnetb3_notop.h5",
        "af6d107764bb5b1abb91932881670226",
        parameters=10_783_535,
    ),
    "efficientnet_b4": PublishedFile(
        _EFFICIENT,
        "efficientnetb4_notop.h5",
        "ebc24e6d6c33eaebbd558eafbeedf1ba",
        parameters=17_673_823,
    ),
    "efficientnet_b5": PublishedFile(
        _EFFICIENT,
        "efficientnetb5_notop.h5",
        "38879255a25d3c92d5e44e04ae6cec6f",
        parameters=28_513_527,
    ),
    "efficientnet_b6": PublishedFile(
        _EFFICIENT,
        "efficientnetb6_notop.h5",
        "9ecce42647a20130c1f39a5d4cb75743",
        parameters=40_960_143,
    ),
    "efficientnet_b7": PublishedFile(
        _EFFICIENT,
        "efficientnetb7_notop.h5",
        "cbcfe4450ddf6f3ad90b1b398090fe4a",
        parameters=64_097_687,
    ),
    "efficientnet_v2_b0": PublishedFile(
        f"{_KERAS}efficientnet_v2/",
        "efficientnetv2-b0_notop.h5",
        "893217f2bb855e2983157299931e43ff",
        parameters=5_919_312,
    ),
    "efficientnet_v2_b1": PublishedFile(
        f"{_KERAS}efficientnet_v2/",
        "efficientnetv2-b1_notop.h5",
        "0e80663031ca32d657f9caa404b6ec37",
        parameters=6_931_124,
    ),
    "efficientnet_v2_b2": PublishedFile(
        f"{_KERAS}efficientnet_v2/",
        "efficientnetv2-b2_notop.h5",
        "1dfe2e7a5d45b6632553a8961ea609eb",
        parameters=8_769_374,
    ),
    "efficientnet_v2_b3": PublishedFile(
        f"{_KERAS}efficientnet_v2/",
        "efficientnetv2-b3_notop.h5",
        "f6abf7b5849ac99a89b50dd3fd532856",
        parameters=12_930_622,
    ),
    "efficientnet_v2_s": PublishedFile(
        f"{_KERAS}efficientnet_v2/",
        "efficientnetv2-s_notop.h5",
        "af0682fb74e8c54910f2d4393339c070",
        parameters=20_331_360,
    ),
    "efficientnet_v2_m": PublishedFile(
        f"{_KERAS}efficientnet_v2/",
        "efficientnetv2-m_notop.h5",
        "1b8dc055df72dde80d614482840fe342",
        parameters=53_150_388,
    ),
    "efficientnet_v2_l": PublishedFile(
        f"{_KERAS}efficientnet_v2/",
        "efficientnetv2-l_notop.h5",
        "b0b66b5c863aef5b46e8608fe1711615",
        parameters=117_746_848,
    ),
    "inception_resnet_v2": PublishedFile(
        f"{_KERAS}inception_resnet_v2/",
        "inception_resnet_v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "d19885ff4a710c122648d3b5c3b684e4",
        parameters=54_336_736,
    ),
    "inception_v3": PublishedFile(
        f"{_KERAS}inception_v3/",
        "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "bcbd6486424b2319ff4ef7d526e38f63",
        parameters=21_802_784,
    ),
    "mobilenet": PublishedFile(
        f"{_KERAS}mobilenet/",
        "mobilenet_1_0_224_tf_no_top.h5",
        None,
        parameters=3_228_864,
    ),
    "mobilenet_v2": PublishedFile(
        f"{_KERAS}mobilenet_v2/",
        "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
        None,
        parameters=2_257_984,
    ),
    "mobilenet_v3_small": PublishedFile(
        f"{_KERAS}mobilenet_v3/",
        "weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
        "d3e8ec802a04aa4fc771ee12a9a9b836",
        parameters=939_120,
    ),
    "mobilenet_v3_large": PublishedFile(
        f"{_KERAS}mobilenet_v3/",
        "weights_mobilenet_v3_large_224_1.0_float_no_top_v2.h5",
        "07fb09a5933dd0c8eaafa16978110389",
        parameters=2_996_352,
    ),
    "resnet50": PublishedFile(
        f"{_KERAS}resnet/",
        "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "4d473c1dd8becc155b73f8504c6f6626",
        parameters=23_587_712,
    ),
    "resnet101": PublishedFile(
        f"{_KERAS}resnet/",
        "resnet101_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "88cf7a10940856eca736dc7b7e228a21",
        parameters=42_658_176,
    ),
    "resnet152": PublishedFile(
        f"{_KERAS}resnet/",
        "resnet152_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "ee4c566cf9a93f14d82f913c2dc6dd0c",
        parameters=58_370_944,
    ),
    "resnet50_v2": PublishedFile(
        f"{_KERAS}resnet/",
        "resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "fac2f116257151a9d068a22e544a4917",
        parameters=23_564_800,
    ),
    "resnet101_v2": PublishedFile(
        f"{_KERAS}resnet/",
        "resnet101v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "c0ed64b8031c3730f411d2eb4eea35b5",
        parameters=42_626_560,
    ),
    "resnet152_v2": PublishedFile(
        f"{_KERAS}resnet/",
        "resnet152v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "ed17cf2e0169df9d443503ef94b23b33",
        parameters=58_331_648,
    ),
    "xception": PublishedFile(
        f"{_KERAS}xception/",
        "xception_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "b0042744bf5b25fce3cb969f33bebb97",
        parameters=20_861_480,
    ),
}
