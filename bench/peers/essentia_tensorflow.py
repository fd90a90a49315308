"""MusiCNN's tags as essentia-tensorflow's documentation shows. Prints the CPU seconds of it all but the imports."""

import sys
from time import process_time

import essentia

essentia.log.infoActive = False
essentia.log.warningActive = False
import essentia.standard as es  # noqa: E402

file, graph = sys.argv[1:]
predict = es.TensorflowPredictMusiCNN(graphFilename=graph, output="model/Sigmoid")
begun = process_time()
predict(es.MonoLoader(filename=file, sampleRate=16000, resampleQuality=4)())
print(process_time() - begun)
