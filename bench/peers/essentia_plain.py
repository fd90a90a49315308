"""The obvious service's work: Essentia as its documentation shows it. Leaves out true peak, and all that HTTP costs."""

import sys

import essentia

essentia.log.infoActive = False
import essentia.standard as es  # noqa: E402

file = sys.argv[1]
stereo, *_ = es.AudioLoader(filename=file)()
mono = es.MonoLoader(filename=file, sampleRate=44100)()
print(es.KeyExtractor()(mono))
print(es.RhythmExtractor2013(method="degara")(mono)[:2])
print(es.LoudnessEBUR128()(stereo)[2:])
