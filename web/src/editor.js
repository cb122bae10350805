import Modeler from 'bpmn-js/lib/Modeler';console.log(Modeler)
