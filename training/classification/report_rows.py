"""Results of a classifier as rows of tables."""

from collections.abc import Iterator
from typing import Any

from convzoo.common.printable import printable
from convzoo.training.classification.classifier_report import ClassifierReport


def summary(report: ClassifierReport) -> dict[str, Any]:
    """The figures of all images together, by name."""
    low, high = report.accuracy_interval
    quality = report.quality
    return {
        "scale": report.resizing.scale,
        "short_side": report.resizing.short_side,
        "warp": report.resizing.warp,
        "images": len(report.labels),
        "right": int(report.right.sum()),
        "accuracy": quality.accuracy,
        "accuracy_low": low,
        "accuracy_high": high,
        "mean_per_class": quality.class_accuracy,
        "mean_confidence": quality.confidence,
        "calibration_error": quality.calibration_error,
        "cross_entropy": quality.loss,
    }


def prediction_rows(report: ClassifierReport) -> Iterator[dict[str, Any]]:
    """One row per image: its path, true and predicted class, confidence."""
    names = report.class_names
    columns = report.paths, report.labels, report.predicted, report.confidence
    for path, label, predicted, confidence in zip(*columns, strict=True):
        yield {
            "image": printable(path),
            "true": names[label],
            "predicted": names[predicted],
            "confidence": round(float(confidence), 6),
        }
